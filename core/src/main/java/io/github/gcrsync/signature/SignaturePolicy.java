package io.github.gcrsync.signature;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who must have signed an image: the holder of any key, or of each key. */
public record SignaturePolicy(List<VerificationKey> keys, Match match) {
    public enum Match {
        ANY,
        ALL
    }

    /** @throws IllegalArgumentException if there is no key, or if two keys are equal or have the same name */
    public SignaturePolicy {
        keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a signature policy needs at least one key");
        }
        Map<VerificationKey, String> names = new HashMap<>();
        Set<String> unique = new HashSet<>();
        for (VerificationKey key : keys) {
            String other = names.put(key, key.name());
            if (other != null) { // Otherwise one signature would count twice for ALL.
                throw new IllegalArgumentException(other + " and " + key.name() + " are the same key; remove one");
            }
            if (!unique.add(key.name())) {
                throw new IllegalArgumentException("two keys have the name " + key.name() + "; rename one");
            }
        }
    }
}
