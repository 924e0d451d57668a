package io.github.gcrsync.server.http;

import io.github.gcrsync.server.MirrorStatus;
import io.github.gcrsync.state.VerifyResult;
import io.github.gcrsync.text.Sizes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Says what the last verifies of a mirror found. */
final class VerifyWords {
    private VerifyWords() {}

    /** Returns the sum of all destinations; empty if none was verified. */
    static Optional<String> of(MirrorStatus mirror) {
        List<VerifyResult> all = mirror.verified();
        return all.stream()
                .map(VerifyResult::time)
                .min(Comparator.naturalOrder())
                .map(oldest -> {
                    int missing = mirror.mirror().destinations().size() - all.size();
                    return "verified " + words(oldest, all) + (missing > 0 ? "; not at all destinations" : "");
                });
    }

    /** Returns the result at one destination. */
    static String of(VerifyResult result) {
        return words(result.time(), List.of(result)) + "; "
                + result.checked() + " of " + Sizes.count(result.recorded(), "image") + " checked"
                + (result.repaired() > 0 ? ", " + result.repaired() + " repaired" : "")
                + (result.deep() ? ", all layers read" : "");
    }

    /** Whether images drift at any destination. */
    static boolean drifts(MirrorStatus mirror) {
        return mirror.verified().stream().anyMatch(result -> result.drifted() > 0);
    }

    private static String words(Instant time, List<VerifyResult> all) {
        long drifted = all.stream().mapToLong(VerifyResult::drifted).sum();
        long unchecked = all.stream().mapToLong(VerifyResult::unchecked).sum();
        List<String> words = new ArrayList<>();
        if (drifted > 0) {
            words.add(Sizes.count(drifted, "image") + (drifted == 1 ? " drifts" : " drift"));
        }
        if (unchecked > 0) {
            words.add(unchecked + " unchecked");
        }
        if (words.isEmpty()) {
            words.add("sound");
        }
        all.stream()
                .flatMap(result -> result.sample().stream())
                .findFirst()
                .ifPresent(share -> words.add("sample of " + share));
        return Page.words(time) + ": " + String.join(", ", words);
    }
}
