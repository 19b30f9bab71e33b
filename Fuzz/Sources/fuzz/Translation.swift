// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

/// Both sides of a connection between the dialects, as `{"dir":"client","event":{…}}` a line.
func fuzzTranslation(_ input: Input) {
    let isBeta = input.chooses(0)
    var translators = [DialectTranslator](
        repeating: DialectTranslator(client: isBeta ? .beta : .ga, server: isBeta ? .ga : .beta),
        count: 2
    )
    // What one translates, its counterpart takes.
    var back = DialectTranslator(client: isBeta ? .ga : .beta, server: isBeta ? .beta : .ga)
    if input.chooses(1) {
        for index in translators.indices { translators[index].unknownMembers = .keep }
        back.unknownMembers = .keep
    }
    for line in input.bytes.split(separator: UInt8(ascii: "\n")) {
        guard let object = (try? JSON(parsing: line))?.objectValue else { continue }
        let event = object["event"]?.objectValue ?? object
        if object["dir"] == "client" {
            let outcomes = translators.indices.map { translators[$0].clientEvent(event) }
            check(outcomes[0] == outcomes[1], "the same again: \(event.text)")
            switch outcomes[0] {
            case .forward(let forwarded):
                wellFormed(forwarded)
                check(forwarded["event_id"] == event["event_id"], "the client's id: \(event.text)")
                _ = back.clientEvent(forwarded)
            case .answer(let objects): for object in objects { wellFormed(object) }
            }
        } else {
            let results = translators.indices.map { translators[$0].serverEvent(event) }
            check(results[0] == results[1], "the same again: \(event.text)")
            for result in results[0] {
                wellFormed(result)
                for object in back.serverEvent(result) { wellFormed(object) }
            }
        }
        check(translators[0].dropped.count <= 16, "a short list")
    }
}

private func wellFormed(_ object: JSONObject) {
    check((try? JSON(parsing: object.text)) == .object(object), "JSON: \(object.text)")
}
