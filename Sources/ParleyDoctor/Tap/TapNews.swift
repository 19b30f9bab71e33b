// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyDiagnosis

/// Something that happened on a connection, for somebody who looks on.
package struct TapNews: Sendable, Equatable {
    /// Which connection, counted from 1.
    package let number: Int
    /// Since the connection was accepted, in ms.
    package let atMS: Int
    /// What happened, in one line without secrets, in English.
    package let line: String

    package init(number: Int, atMS: Int, line: String) {
        self.number = number
        self.atMS = atMS
        self.line = line
    }
}

/// A connection that is over.
package struct TappedConnection: Sendable {
    /// Which connection, counted from 1.
    package let number: Int
    /// One record for each request, in order; a connection without any has one too.
    package let records: [ClientRecord]
    /// The last request as sent, secrets included: for the doctor to ask alike, never to be shown.
    package let plainRequest: Exchange.Request?

    package init(number: Int, records: [ClientRecord], plainRequest: Exchange.Request?) {
        self.number = number
        self.records = records
        self.plainRequest = plainRequest
    }
}
