// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a stream sounds like when nobody speaks: a level that speech must exceed.
///
/// Two estimates guard each other. The floor is the least level of the last two seconds and rises slowly, so it
/// survives long speech but lies below the average of unsteady noise. The mean and spread outside speech describe
/// unsteady noise well but would run away if speech were taken for noise.
struct NoiseModel: Sendable {
    /// Frames of one window of minima (250 ms).
    private static let windowFrames = 25
    /// Least floor in dBFS: what is quieter is no room but a muted or perfect source.
    private static let leastFloor: Float = -72
    /// Loudest first frame that is believed to be noise, in dBFS: a stream may begin in the middle of a word.
    private static let loudestFirstNoise: Float = -30
    /// Most the floor may rise, in dB per frame (6 dB/s).
    private static let floorRise: Float = 0.06
    /// Most the mean may lie above the floor, in dB.
    private static let meanAboveFloor: Float = 14

    /// Least smoothed level of each of the last eight complete windows.
    private var minima = SIMD8<Float>(repeating: .infinity)
    private var oldestWindow = 0
    private var minimum = Float.infinity
    private var framesInWindow = 0
    private var smoothed: Float
    private var floor: Float
    private var mean: Float
    private var deviation: Float = 0

    /// A model that knows one frame's level, in dBFS.
    init(firstLevel level: Float) {
        let noise = min(level, Self.loudestFirstNoise)
        smoothed = noise
        floor = max(Self.leastFloor, noise)
        mean = noise
    }

    /// The level of noise in dBFS that speech must exceed.
    var base: Float {
        max(floor, min(mean + 0.5 * deviation, floor + Self.meanAboveFloor))
    }

    /// Takes in one frame.
    ///
    /// - Parameters:
    ///   - level: dBFS of the frame.
    ///   - inSpeech: Whether the frames before were taken for speech.
    mutating func update(level: Float, inSpeech: Bool) {
        smoothed += 0.3 * (level - smoothed)
        minimum = min(minimum, smoothed)
        floor = max(Self.leastFloor, min(minimum, minima.min(), floor + Self.floorRise))
        framesInWindow += 1
        if framesInWindow == Self.windowFrames {
            minima[oldestWindow] = minimum
            oldestWindow = (oldestWindow + 1) % minima.scalarCount
            minimum = .infinity
            framesInWindow = 0
        }
        let difference = level - mean
        if inSpeech {
            mean += 0.0015 * difference
        } else {
            mean += 0.03 * difference
            deviation += 0.03 * (abs(difference) - deviation)
        }
    }
}
