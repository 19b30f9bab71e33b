// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension Report {
    /// The report as it may leave the program.
    ///
    /// What records evidence has masked it already. Everything goes through the ``Masker`` once more on its way out,
    /// whatever member it stands in, so that a place that was forgotten there shows nothing either.
    package var masked: Report {
        let masker = Masker(question)
        var shown = self
        shown.question = masker.question(question)
        shown.evidence = evidence.map { item in
            // What cannot be masked is not shown; evidence always has a JSON form that reads back.
            let form = (try? JSONForm.json(item)).map { masker.form($0) }
            let data = form.flatMap { try? JSONForm.value(Evidence.self, from: $0, at: "") }
            return data ?? Evidence(id: item.id, probe: item.probe, data: .name(.nothing))
        }
        shown.profiles = profiles.map {
            ProfileResult(id: $0.id, connects: $0.connects, failure: $0.failure.map(masker.text))
        }
        shown.cause = cause.map(masker.finding)
        shown.otherCauses = otherCauses.map(masker.finding)
        return shown
    }
}

extension NameLookup {
    fileprivate static let nothing = NameLookup(host: "", ipv4: .notAsked, ipv6: .notAsked, durationMS: 0)
}

extension Masker {
    fileprivate func finding(_ finding: Finding) -> Finding {
        var shown = finding
        shown.observed = Text(text(finding.observed.en), zh: text(finding.observed.zh))
        return shown
    }

    /// Every text of a JSON form masked by the place in which it stands.
    fileprivate func form(_ json: JSON, in name: String = "") -> JSON {
        switch json {
        case .object(let object):
            if let name = object["name"]?.stringValue, let value = object["value"]?.stringValue {
                let header = header(Header(name, value))
                return ["name": .string(header.name), "value": .string(header.value)]
            }
            return .object(JSONObject(object.members.map { ($0.name, form($0.value, in: $0.name)) }))
        case .array(let elements): return .array(elements.map { form($0, in: name) })
        case .string(let text): return .string(["target", "url"].contains(name) ? target(text) : self.text(text))
        case .null, .bool, .number: return json
        }
    }
}
