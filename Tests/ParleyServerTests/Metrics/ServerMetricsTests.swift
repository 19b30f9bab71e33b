// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleySession
import Testing

@testable import ParleyServer

@Suite("What a server counts")
struct ServerMetricsTests {
    @Test("is told as Prometheus reads it")
    func text() {
        let metrics = ServerMetrics()
        var latency = ResponseLatency()
        for milliseconds in [25, 26, 20_000] {
            latency.voiceToVoiceMS = milliseconds
            metrics.add(.completed, latency)
        }
        metrics.add(.failed, ResponseLatency())
        let lines = metrics.text(sessions: 3, connections: 7).split(separator: "\n").map(String.init)
        let stage = #"stage="voice_to_voice""#
        for line in [
            "parley_sessions 3", "parley_connections 7", #"parley_responses_total{outcome="completed"} 3"#,
            #"parley_responses_total{outcome="failed"} 1"#, #"parley_responses_total{outcome="cancelled"} 0"#,
            #"parley_response_stage_seconds_bucket{\#(stage),le="0.025"} 1"#,
            #"parley_response_stage_seconds_bucket{\#(stage),le="0.05"} 2"#,
            #"parley_response_stage_seconds_bucket{\#(stage),le="10.0"} 2"#,
            #"parley_response_stage_seconds_bucket{\#(stage),le="+Inf"} 3"#,
            #"parley_response_stage_seconds_sum{\#(stage)} 20.051"#,
            #"parley_response_stage_seconds_count{\#(stage)} 3"#,
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(!lines.contains { $0.contains("llm_ttft") })
    }
}
