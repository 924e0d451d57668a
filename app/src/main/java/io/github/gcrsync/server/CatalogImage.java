package io.github.gcrsync.server;

import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * A mirrored image, as the ledger records it.
 *
 * @param image {@code name:tag} or {@code name@digest}, relative to the source
 * @param address where it is: {@code HOST/NAME:TAG}, or the path of a layout
 * @param digest at the destination
 * @param since when it was first mirrored
 * @param destination the position of the destination among those of the mirror
 * @param repository at the destination
 * @param referrers that are mirrored with it; empty if that is not known
 * @param isRegistry whether it can be pulled
 */
public record CatalogImage(
        String mirror,
        String image,
        int destination,
        RepositoryName repository,
        String address,
        String digest,
        Instant since,
        Instant moved,
        OptionalInt referrers,
        boolean isRegistry) {
    /** Returns the command that pulls the image by its digest. */
    public String command() {
        int tag = address.lastIndexOf(':');
        String name = address.contains("@")
                ? address.substring(0, address.indexOf('@'))
                : tag > address.lastIndexOf('/') ? address.substring(0, tag) : address;
        return isRegistry ? "docker pull " + name + "@" + digest : "gcrsync copy oci:" + address + " oci:COPY";
    }

    /** Whether the image contains all words. */
    boolean matches(String[] words) {
        String text = (mirror + " " + image + " " + address + " " + digest).toLowerCase(Locale.ROOT);
        for (String word : words) {
            if (!text.contains(word)) {
                return false;
            }
        }
        return true;
    }
}
