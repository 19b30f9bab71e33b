// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyDoctor
import Testing

@Suite("The doctor")
struct DoctorTests {
    @Test("keeps the question in its report")
    func question() async {
        let report = await Doctor().examine(Question(url: "ws://127.0.0.1:1/"))
        #expect(report.question.url == "ws://127.0.0.1:1/")
    }
}
