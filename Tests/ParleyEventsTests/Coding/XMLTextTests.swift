// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("Text inside XML and HTML")
struct XMLTextTests {
    @Test(
        "What would be markup is text, and what XML cannot hold is a replacement character",
        arguments: [
            ("a < b > c & \"d\" 'e'", "a &lt; b &gt; c &amp; &quot;d&quot; &#39;e&#39;"), ("&amp;", "&amp;amp;"),
            ("é 🎙 \n\t", "é 🎙 \n\t"), ("\0\u{1B}[1m\r\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}[1m\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("", ""),
        ]
    )
    func escaped(text: String, shown: String) {
        #expect(XMLText.escaped(text) == shown)
    }
}
