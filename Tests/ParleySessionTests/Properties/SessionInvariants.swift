// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession

/// What must hold of the events of a session, whatever has caused them.
///
/// Sees every event in order and keeps what a careful client would keep.
struct SessionInvariants {
    private struct Part {
        let modality: Modality
        var text = ""
        var audioBytes = 0
        var isTextDone = false
        var isAudioDone = false
    }

    private struct RunningResponse {
        let isOutOfBand: Bool
        var openItems: Set<String> = []
        var outputs: [String] = []
        var audioBytes = 0
    }

    /// What was found wrong.
    private(set) var violations: [String] = []
    /// The conversation as a client has it.
    private(set) var conversation: [String] = []
    private(set) var eventCount = 0
    private(set) var doneCount = 0
    private var running: [String: RunningResponse] = [:]
    private var knownResponses: Set<String> = []
    private var unfinishedItems: Set<String> = []
    private var parts: [String: Part] = [:]
    private var speakingItem: String?
    private var idleItem: String?
    /// Bytes that the deltas of each finished response have carried.
    private(set) var audioBytes: [String: Int] = [:]

    var runningResponses: [String] { running.keys.sorted() }

    private mutating func check(_ isTrue: Bool, _ what: @autoclosure () -> String) {
        if !isTrue { violations.append(what()) }
    }

    mutating func saw(_ event: ServerEvent) {
        eventCount += 1
        switch event {
        case .itemAdded, .itemDone, .itemDeleted: sawItem(event)
        case .inputAudioBufferCommitted(let itemID, let previous):
            check(!conversation.contains(itemID), "committed \(itemID) twice")
            check(previous == conversation.last, "committed after \(previous ?? "nothing")")
            check(idleItem == nil || idleItem == itemID, "committed \(itemID) instead of what was announced")
            (speakingItem, idleItem) = (nil, nil)
        case .inputAudioBufferCleared: speakingItem = nil
        case .speechStarted(let itemID, let start):
            check(start >= 0, "speech starts at \(start)")
            check(!conversation.contains(itemID), "speech of an old item")
            speakingItem = itemID
        case .speechStopped(let itemID, _): check(itemID == speakingItem, "speech of \(itemID) stopped unstarted")
        case .inputTimeoutTriggered(let itemID, let start, let end):
            check(start <= end, "silence from \(start) to \(end)")
            check(!running.values.contains { !$0.isOutOfBand }, "idle while a response runs")
            check(speakingItem == nil, "idle while somebody speaks")
            idleItem = itemID
        case .responseCreated, .responseDone, .outputItemAdded, .outputItemDone: sawResponse(event)
        default: sawPart(event)
        }
    }

    private mutating func sawItem(_ event: ServerEvent) {
        switch event {
        case .itemAdded(let item, let previous):
            let id = item.id ?? ""
            check(!conversation.contains(id), "\(id) added twice")
            check(unfinishedItems.insert(id).inserted, "\(id) added before it was done")
            if let previous {
                guard let index = conversation.firstIndex(of: previous) else {
                    return check(false, "\(id) after \(previous), which is not there")
                }
                conversation.insert(id, at: index + 1)
            } else {
                conversation.insert(id, at: 0)
            }
        case .itemDone(let item, _):
            check(unfinishedItems.remove(item.id ?? "") != nil, "\(item.id ?? "") done without being added")
            check(item.status != .inProgress, "\(item.id ?? "") done in progress")
        case .itemDeleted(let id):
            guard let index = conversation.firstIndex(of: id) else { return check(false, "\(id) deleted twice") }
            conversation.remove(at: index)
        default: break
        }
    }

    private mutating func sawResponse(_ event: ServerEvent) {
        switch event {
        case .responseCreated(let response):
            check(knownResponses.insert(response.id).inserted, "\(response.id) created twice")
            check(response.status == .inProgress && response.output.isEmpty, "\(response.id) is not fresh")
            let isOutOfBand = response.conversationID == nil
            check(
                isOutOfBand || !running.values.contains { !$0.isOutOfBand },
                "two responses write to the conversation"
            )
            running[response.id] = RunningResponse(isOutOfBand: isOutOfBand)
        case .responseDone(let response):
            doneCount += 1
            guard let state = running.removeValue(forKey: response.id) else {
                return check(false, "\(response.id) done without running")
            }
            check(state.openItems.isEmpty, "\(response.id) done with open items")
            check(response.output.map(\.id) == state.outputs, "\(response.id): output is not what was added")
            check(response.status != .inProgress, "\(response.id) done in progress")
            audioBytes[response.id] = state.audioBytes
            checkUsage(response)
        case .outputItemAdded(let responseID, let index, let item):
            check(running[responseID]?.outputs.count == index, "output index \(index) out of order")
            check(running[responseID]?.openItems.insert(item.id ?? "").inserted == true, "item of no response")
            running[responseID]?.outputs.append(item.id ?? "")
            check(item.status == .inProgress, "\(item.id ?? "") begins finished")
        case .outputItemDone(let responseID, let index, let item):
            check(running[responseID]?.openItems.remove(item.id ?? "") != nil, "output item done twice")
            check(running[responseID]?.outputs[index] == item.id, "output index changed")
            check(!unfinishedItems.contains(item.id ?? ""), "output item done before its conversation item")
            check(parts[item.id ?? ""] == nil, "output item done before its part")
        default: break
        }
    }

    private mutating func checkUsage(_ response: Response) {
        guard let usage = response.usage?.json else { return check(false, "no usage") }
        func count(_ path: String...) -> Int { path.reduce(usage) { $0[$1] ?? .null }.intValue ?? -1 }
        check(count("total_tokens") == count("input_tokens") + count("output_tokens"), "total \(usage.text)")
        for side in ["input", "output"] {
            let details = "\(side)_token_details"
            check(
                count("\(side)_tokens") == count(details, "text_tokens") + count(details, "audio_tokens"),
                "\(side) \(usage.text)"
            )
        }
    }

    private mutating func sawPart(_ event: ServerEvent) {
        switch event {
        case .contentPartAdded(let address, let part):
            check(running[address.responseID]?.openItems.contains(address.itemID) == true, "part of no item")
            check(part == .text("") || part == .audio(transcript: ""), "part does not begin empty")
            if case .text = part {
                parts[address.itemID] = Part(modality: .text)
            } else {
                parts[address.itemID] = Part(modality: .audio)
            }
        case .textDelta(let address, let delta), .transcriptDelta(let address, let delta):
            check(parts[address.itemID]?.isTextDone == false, "delta outside its part")
            check(!delta.isEmpty, "empty delta")
            parts[address.itemID]?.text += delta
        case .audioDelta(let address, let audio):
            check(parts[address.itemID]?.isAudioDone == false, "audio outside its part")
            check(audio.readableBytes > 0, "empty audio")
            running[address.responseID]?.audioBytes += audio.readableBytes
        case .audioDone(let address):
            check(parts[address.itemID]?.isAudioDone == false, "audio done twice")
            parts[address.itemID]?.isAudioDone = true
        case .textDone(let address, let text), .transcriptDone(let address, let text):
            check(parts[address.itemID]?.text == text, "the deltas are not the text")
            parts[address.itemID]?.isTextDone = true
        case .contentPartDone(let address, let part):
            guard let open = parts.removeValue(forKey: address.itemID) else { return check(false, "part done twice") }
            check(open.isTextDone && open.isAudioDone == (open.modality == .audio), "part done before its contents")
            check(part == (open.modality == .text ? .text(open.text) : .audio(transcript: open.text)), "part differs")
        default: break
        }
    }

    /// What must hold when every response has ended.
    mutating func finish() {
        let leftovers = Array(running.keys) + Array(unfinishedItems) + Array(parts.keys)
        check(leftovers.isEmpty, "never done: \(leftovers)")
    }
}
