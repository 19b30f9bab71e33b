// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What tells the alternatives apart in JSON: `{"kind": …}` beside the members of the alternative.
private struct Kind<Name: RawRepresentable<String> & Codable>: Codable {
    var kind: Name
}

extension Evidence.Data {
    private enum Name: String, Codable, CaseIterable {
        case name, exchange, page, client
    }

    package init(from decoder: any Decoder) throws {
        switch try Kind<Name>(from: decoder).kind {
        case .name: self = .name(try NameLookup(from: decoder))
        case .exchange: self = .exchange(try Exchange(from: decoder))
        case .page: self = .page(try PageRecord(from: decoder))
        case .client: self = .client(try ClientRecord(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        func write(_ name: Name, _ value: some Encodable) throws {
            try Kind(kind: name).encode(to: encoder)
            try value.encode(to: encoder)
        }
        switch self {
        case .name(let lookup): try write(.name, lookup)
        case .exchange(let exchange): try write(.exchange, exchange)
        case .page(let page): try write(.page, page)
        case .client(let record): try write(.client, record)
        }
    }
}

extension NameLookup.Answer {
    private enum Name: String, Codable, CaseIterable {
        case addresses, failed
        case noSuchName = "no_such_name"
        case noAddress = "no_address"
        case timedOut = "timed_out"
        case notAsked = "not_asked"
    }

    private enum Members: String, CodingKey {
        case kind, addresses, detail
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Members.self)
        switch try members.decode(Name.self, forKey: .kind) {
        case .addresses: self = .addresses(try members.decode([String].self, forKey: .addresses))
        case .noSuchName: self = .noSuchName
        case .noAddress: self = .noAddress
        case .failed: self = .failed(try members.decode(String.self, forKey: .detail))
        case .timedOut: self = .timedOut
        case .notAsked: self = .notAsked
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Members.self)
        switch self {
        case .addresses(let addresses):
            try members.encode(Name.addresses, forKey: .kind)
            try members.encode(addresses, forKey: .addresses)
        case .failed(let detail):
            try members.encode(Name.failed, forKey: .kind)
            try members.encode(detail, forKey: .detail)
        case .noSuchName: try members.encode(Name.noSuchName, forKey: .kind)
        case .noAddress: try members.encode(Name.noAddress, forKey: .kind)
        case .timedOut: try members.encode(Name.timedOut, forKey: .kind)
        case .notAsked: try members.encode(Name.notAsked, forKey: .kind)
        }
    }
}

extension Exchange.TLSOutcome.Result {
    private enum Name: String, Codable, CaseIterable {
        case completed, alert, closed, reset, failed
        case notTLS = "not_tls"
        case timedOut = "timed_out"
    }

    private enum Members: String, CodingKey {
        case kind, alert, received, detail
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Members.self)
        switch try members.decode(Name.self, forKey: .kind) {
        case .completed: self = .completed
        case .alert: self = .alert(try members.decode(Int.self, forKey: .alert))
        case .notTLS: self = .notTLS(try members.decode(Bytes.self, forKey: .received))
        case .closed: self = .closed
        case .reset: self = .reset
        case .timedOut: self = .timedOut
        case .failed: self = .failed(try members.decode(String.self, forKey: .detail))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Members.self)
        switch self {
        case .alert(let number):
            try members.encode(Name.alert, forKey: .kind)
            try members.encode(number, forKey: .alert)
        case .notTLS(let bytes):
            try members.encode(Name.notTLS, forKey: .kind)
            try members.encode(bytes, forKey: .received)
        case .failed(let detail):
            try members.encode(Name.failed, forKey: .kind)
            try members.encode(detail, forKey: .detail)
        case .completed: try members.encode(Name.completed, forKey: .kind)
        case .closed: try members.encode(Name.closed, forKey: .kind)
        case .reset: try members.encode(Name.reset, forKey: .kind)
        case .timedOut: try members.encode(Name.timedOut, forKey: .kind)
        }
    }
}
