// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import ParleyEvents
import Testing

@testable import ParleyBench

#if canImport(FoundationXML)
import FoundationXML
#endif

/// A report of a run that went well, with a name that needs escaping.
private func sample(_ change: (inout BenchReport) -> Void = { _ in }) -> BenchReport {
    var plan = LoadPlan(mode: .append, sessions: 300)
    plan.seconds = 2
    var report = BenchReport(plan: plan, loops: 1)
    report.target = "ws://127.0.0.1:8080/a&b<c>\"d\""
    report.opening.opened = 300
    report.opening.open = 300
    for _ in 0..<2 {
        var second = Interval()
        second.seconds = 1
        second.open = 300
        second.sent = 3_000
        second.answered = 3_000
        for index in 0..<3_000 { second.latency.record(UInt64(200 + index)) }
        second.lateness.record(20, times: 3_000)
        report.total.add(after: second)
        report.append(second)
    }
    report.serverSeconds = 0.06
    report.memoryBefore = 50 << 20
    report.memoryAfter = 50 << 20 + 300 << 10
    report.ownSeconds = 0.2
    change(&report)
    return report
}

@Suite("Report of a bench")
struct ReportTests {
    @Test("The text says what was done, what came of it and what it cost")
    func text() {
        let text = BenchText(sample()).text
        #expect(text.hasPrefix("append, 300 sessions, 100 ms of audio a message, at the rate of speech, 2 s: ws://"))
        #expect(text.contains("6,000 sent, 6,000 answered, 3,000/s"))
        #expect(text.contains("from the moment a message was due to its answer"))
        #expect(text.contains("3 % of a processor, 10 µs each, 10,000 such sessions a processor at this cost"))
        #expect(text.contains("1 KiB a session"))
        #expect(!text.contains("warning"))
        #expect(text.hasSuffix("\n"))
    }

    @Test("Failures are listed, the most frequent first, and make the run a failure")
    func failures() throws {
        let report = sample { report in
            report.opening.fail("refused")
            for _ in 0..<3 { report.total.fail("ended") }
        }
        let text = BenchText(report).text
        let ended = try #require(text.range(of: "3 ×: ended"))
        let refused = try #require(text.range(of: "1 ×: refused"))
        #expect(ended.lowerBound < refused.lowerBound)
        #expect(!report.isGood)
        #expect(sample().isGood)
        #expect(!sample { $0.total.answered = 0 }.isGood)
    }

    @Test("No more than 20 different failures are kept apart")
    func manyFailures() {
        var interval = Interval()
        for number in 0..<100 { interval.fail("failure \(number)") }
        #expect(interval.failures.count <= 21)
        #expect(interval.failed == 100)
    }

    @Test("A generator that is late or busy, an answer that is no echo and a stop are said")
    func warnings() {
        #expect(sample { $0.total.lateness.record(50_000, times: 6_000) }.warnings.count == 1)
        #expect(sample { $0.ownSeconds = 1.9 }.warnings.count == 1)
        #expect(sample { $0.total.skipped = 1 }.warnings.count == 1)
        #expect(sample { $0.total.mismatched = 1 }.warnings.count == 1)
        #expect(sample { $0.isStopped = true }.warnings.count == 1)
        #expect(sample().warnings.isEmpty)
    }

    @Test("A server carries its load when it answers all of it in time")
    func carried() {
        #expect(sample().isCarried(limitMicroseconds: 5_000))
        #expect(!sample().isCarried(limitMicroseconds: 1_000))
        #expect(!sample { $0.total.answered -= 200 }.isCarried(limitMicroseconds: 5_000))
        #expect(!sample { $0.total.skipped = 1 }.isCarried(limitMicroseconds: 5_000))
    }

    @Test("The JSON has the members of its schema, and is what was measured")
    func json() throws {
        let json = try JSON(parsing: ByteBuffer(string: BenchJSON(sample()).object.text))
        let names = Set(json.objectValue?.members.map(\.name) ?? [])
        #expect(
            names == [
                "schema", "target", "mode", "pace", "dialect", "sessions", "chunk_ms", "seconds", "stopped", "opened",
                "open", "sent", "answered", "unanswered", "skipped", "per_second", "latency_us", "failures",
                "generator",
                "warnings", "server", "course", "histogram",
            ]
        )
        #expect(json["schema"]?.stringValue == "parley.bench/1")
        #expect(json["per_second"]?.doubleValue == 3_000)
        #expect(json["server"]?["cpu_us_each"]?.doubleValue == 10)
        #expect(json["latency_us"]?["max"]?.intValue == 3_199)
        #expect(json["course"]?.arrayValue?.count == 2)
        let counts = json["histogram"]?.arrayValue?.compactMap { $0.arrayValue?.last?.intValue } ?? []
        #expect(counts.reduce(0, +) == 6_000)
    }

    @Test("The picture is well-formed XML, also without a single point")
    func svg() {
        for report in [sample(), BenchReport(plan: LoadPlan(mode: .talk, sessions: 1), loops: 1)] {
            let svg = BenchChart(report).svg
            let parser = XMLParser(data: Data(svg.utf8))
            #expect(parser.parse(), "\(String(describing: parser.parserError))")
            #expect(!svg.contains("nan") && !svg.contains("inf\""))
        }
    }

    @Test("The page holds the picture and the text, escaped")
    func html() {
        let html = BenchChart(sample()).html
        #expect(html.contains("<svg") && html.contains("a&amp;b&lt;c&gt;"))
        #expect(!html.contains("a&b<c>"))
    }

    @Test("A long run keeps a bounded number of points, of the whole time")
    func manyPoints() {
        var report = sample()
        for _ in 0..<5_000 {
            var second = Interval()
            second.seconds = 1
            second.answered = 10
            second.latency.record(7)
            report.total.add(after: second)
            report.append(second)
        }
        #expect(report.points.count <= 601)
        #expect(report.points.last.map { $0.seconds > 4_900 } == true)
        #expect(report.points.last?.rate == 10)
    }

    @Test(
        "Numbers are written as people read them",
        arguments: [
            (Words.time(999), "999 µs"), (Words.time(1_234), "1.23 ms"), (Words.time(2_500_000), "2.50 s"),
            (Words.number(12_345.6), "12,346"), (Words.number(12.34), "12.3"), (Words.number(3), "3"),
            (Words.number(0.5), "0.5"), (Words.fixed(-0.004, 2), "0.00"), (Words.percent(0.123), "12.3 %"),
            (Words.size(1_536), "1.5 KiB"), (Words.grouped(-1_234_567), "-1,234,567"),
        ]
    )
    func words(written: String, expected: String) {
        #expect(written == expected)
    }

    @Test("The live line fits a terminal")
    func line() {
        var interval = Interval()
        interval.seconds = 1
        interval.open = 99_999
        interval.answered = 999_999
        interval.latency.record(999_999)
        let plan = LoadPlan(mode: .append, sessions: 99_999)
        #expect(BenchProgress(phase: .measuring, seconds: 9, interval: interval).line(plan).count <= 78)
        #expect(BenchProgress(phase: .opening, seconds: 9, interval: interval).line(plan).hasPrefix("opening: 99999"))
    }
}

@Suite("What is sent")
struct ClientFramesTests {
    @Test("Pieces of audio have the length asked for", arguments: [20, 100])
    func pieces(milliseconds: Int) {
        var plan = LoadPlan(mode: .append, sessions: 1)
        plan.chunkMilliseconds = milliseconds
        let frames = ClientFrames(plan)
        #expect(frames.audio.count == 1_000 / milliseconds)
        #expect(Set(frames.audio.map(\.readableBytes)).count == 1)
        #expect(frames.firstAudio.readableBytes == milliseconds * 64)
    }

    @Test("A last piece that is shorter is filled with silence")
    func rest() {
        var plan = LoadPlan(mode: .talk, sessions: 1)
        plan.speech = [Int16](repeating: 1_000, count: 2_500)
        #expect(ClientFrames(plan).audio.count == 2)
        #expect(Set(ClientFrames(plan).audio.map(\.readableBytes)).count == 1)
    }

    @Test("Who finds the turns is settled before the first one")
    func setUp() {
        var plan = LoadPlan(mode: .talk, sessions: 1)
        #expect(ClientFrames(plan).setUp.readableBytes > 0)
        plan.serverFindsTurns = true
        #expect(ClientFrames(plan).setUp.readableBytes == 0)
    }

    @Test("A WAV file of another rate becomes 24 kHz")
    func wav() throws {
        let samples = [Int16](repeating: 500, count: 8_000)
        var file: [UInt8] = Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0]
        file += [0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0] + Array("data".utf8) + [0x80, 0x3E, 0, 0]
        for sample in samples { file += [UInt8(sample & 255), UInt8(sample >> 8)] }
        #expect(abs(try WAVSpeech.samples(file).count - 24_000) < 200)
        #expect(throws: WAVSpeechError.self) { try WAVSpeech.samples(Array("not a file".utf8)) }
        #expect(throws: WAVSpeechError.self) { try WAVSpeech.samples(Array(file.prefix(44))) }
    }
}
