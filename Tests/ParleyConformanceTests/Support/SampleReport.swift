// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

@testable import ParleyConformance

/// A report with one result of each kind.
enum SampleReport {
    static let report = Report(
        target: "ws://voice.example/v1/realtime",
        results: [
            CheckResult(
                check: check("session.echo", "session.updated reports what was set", "7.2 session.update"),
                dialect: .ga,
                outcome: .passed,
                milliseconds: 12,
                transcript: []
            ),
            CheckResult(
                check: check("text.turn", "A text turn brings its events in order", "7.3 Text turn"),
                dialect: .ga,
                outcome: .failed(Finding(expected: "response.done", came: "{\"type\":\"a<b&c\"}", source: "8 Errors")),
                milliseconds: 1034,
                transcript: [
                    TranscriptLine(.sent, "{\"type\":\"response.create\"}"),
                    TranscriptLine(.received, "{\"type\":\"a<b&c\"}"),
                ]
            ),
            CheckResult(
                check: check("text.turn", "A text turn brings its events in order", "7.3 Text turn"),
                dialect: .beta,
                outcome: .skipped("no \"beta\" here"),
                milliseconds: 0,
                transcript: []
            ),
        ],
        milliseconds: 1260
    )

    static let empty = Report(target: "ws://voice.example/v1/realtime", results: [], milliseconds: 0)

    private static func check(_ id: String, _ title: String, _ source: String) -> Check {
        Check(id, title, source: source) { _ in }
    }
}
