package io.github.gcrsync.metrics;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Names hosts in labels. Their number is bounded, because a registry may redirect to ever new ones. */
final class HostLabels {
    static final int MOST = 100;
    private static final String OTHER = "other";

    private final Set<String> known;

    /** @param before hosts with series already */
    HostLabels(Collection<String> before) {
        known = new HashSet<>(before);
    }

    /** Returns the label of a host that the mirror's rule names, so that a registry cannot take its place. */
    String ofRule(String host) {
        known.add(host);
        return host;
    }

    /** Returns the host, or {@code other} once there are too many. */
    String of(String host) {
        return known.contains(host) || (known.size() < MOST && known.add(host)) ? host : OTHER;
    }
}
