// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("The pages on failures")
struct FailurePagesTests {
    private static let folder = "docs/failures"

    @Test("are what the catalogue makes of them")
    func committedPagesAreCurrent() throws {
        let pages = FailurePages.pages()
        let advice = "run `make docs` and commit docs/failures"
        #expect(try Repository.names(in: Self.folder) == Set(pages.map(\.name)), "\(advice)")
        for page in pages {
            let committed = try Repository.text("\(Self.folder)/\(page.name)")
            #expect(committed == page.text, "\(page.name) is stale: \(advice)")
        }
    }

    @Test("say all that the catalogue says, in English first and then in Chinese", arguments: Catalogue.causes)
    func pagesAreComplete(cause: Cause) throws {
        let page = try #require(FailurePages.pages([cause]).last).text
        let halves = page.split(separator: "## 中文\n", maxSplits: 1).map(String.init)
        try #require(halves.count == 2)
        for (half, language) in zip(halves, [Language.en, .zh]) {
            let texts = [cause.title, cause.explanation] + cause.fixes.map(\.text)
            for text in texts { #expect(half.contains(text[language])) }
            for symptom in cause.symptoms { #expect(half.contains(symptom)) }
        }
        #expect(page.contains(cause.id))
    }

    @Test("link to sources where they can be linked")
    func sourcesAreLinks() throws {
        let cause = try #require(Catalogue.cause("ver-subproto-none"))
        let page = try #require(FailurePages.pages([cause]).last).text
        #expect(page.contains("](https://www.rfc-editor.org/rfc/rfc6455)"))
        #expect(page.contains("](https://github.com/esl/MongooseIM/issues/158)"))
        #expect(page.contains("<https://websockets.spec.whatwg.org/>"))
    }

    @Test("are listed by class")
    func tableHasEveryCause() throws {
        let table = try #require(FailurePages.pages().first)
        #expect(table.name == "README.md")
        for cause in Catalogue.causes { #expect(table.text.contains("](\(cause.id).md)")) }
        for causeClass in CauseClass.allCases { #expect(table.text.contains("## \(causeClass.rawValue) ")) }
    }
}
