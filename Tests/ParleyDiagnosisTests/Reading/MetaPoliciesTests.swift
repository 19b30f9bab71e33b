// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("Policies in a page's elements")
struct MetaPoliciesTests {
    @Test(
        "are found however they are written",
        arguments: [
            #"<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">"#,
            #"<META content="connect-src 'self'" HTTP-EQUIV=content-security-policy />"#,
            "<meta\n  http-equiv='Content-Security-Policy'\n  content=\"connect-src 'self'\">",
        ]
    )
    func found(element: String) {
        let page = "<!doctype html><head><title>x</title>\(element)<meta charset=utf-8></head>"
        #expect(MetaPolicies.all(in: Array(page.utf8)) == ["connect-src 'self'"])
    }

    @Test(
        "are not made up",
        arguments: ["", "<meta>", "<meta http-equiv=refresh content=5>", "<meta ====\"'", "meta http-equiv="]
    )
    func none(page: String) {
        #expect(MetaPolicies.all(in: Array(page.utf8)).isEmpty)
    }
}
