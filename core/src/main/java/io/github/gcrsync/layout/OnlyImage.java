package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Finds the image that a user means who names a layout without a tag. */
record OnlyImage(Path folder) {
    private static final int MAX_NAMED = 5;

    /** Images with a tag hide the others, which may be their signatures. */
    String tagOrDigest(Index index) {
        List<String> tags = index.tags().sorted().toList();
        List<String> images = tags.isEmpty()
                ? StreamSupport.stream(index.digests().spliterator(), false)
                        .map(Digest::value)
                        .sorted()
                        .toList()
                : tags;
        if (images.size() == 1) {
            return images.getFirst();
        }
        throw new ContentException.NotFound(images.isEmpty() ? none() : several(images, tags.isEmpty() ? "@" : ":"));
    }

    private Message none() {
        if (LayoutFolder.isLayout(folder)) {
            return Message.of("oci:" + folder + " holds no image");
        }
        return layoutBelow()
                .map(layout -> Message.of(
                        "oci:" + folder + " is a folder of image layouts, not one layout",
                        "name one of them, such as oci:" + layout + ":TAG"))
                .orElseGet(() -> Message.of("oci:" + folder + " is not an OCI image layout", "check the path"));
    }

    /** Looks only at the next level: the folder may be large. */
    private Optional<Path> layoutBelow() {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> below = Files.list(folder)) {
            return below.filter(LayoutFolder::isLayout).sorted().findFirst();
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot list", folder, e);
        }
    }

    private Message several(List<String> images, String separator) {
        String named = images.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
        return Message.of(
                "oci:" + folder + " holds " + images.size() + " images",
                "name one: oci:" + folder + separator + images.getFirst() + " (" + named
                        + (images.size() > MAX_NAMED ? ", ..." : "") + ")");
    }
}
