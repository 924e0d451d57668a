package io.github.gcrsync.bundle;

import io.github.gcrsync.bundle.Contents.Image;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Sizes;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a bundle holds, for people: the file {@code CONTENTS.txt}. */
final class TableOfContents {
    private TableOfContents() {}

    static String text(Contents contents, Map<RepositoryName, Collected> collected) {
        StringBuilder text = new StringBuilder();
        text.append("A bundle of gcrsync; load it with gcrsync import.\n\n");
        line(text, "mirror", contents.mirror());
        line(text, "source", contents.source());
        contents.commit().ifPresent(commit -> line(text, "ledger", "commit " + commit));
        contents.since().ifPresent(since -> line(text, "based on", "commit " + since));
        line(
                text,
                "images",
                contents.included().size() + " here, "
                        + (contents.images().size() - contents.included().size()) + " unchanged");
        line(
                text,
                "not here",
                Sizes.count(contents.assumed().size(), "blob") + " that the other side has, "
                        + Sizes.bytes(contents.assumed().stream()
                                .mapToLong(Contents.Assumed::size)
                                .sum()));
        Map<RepositoryName, List<Image>> images = contents.included().stream()
                .collect(Collectors.groupingBy(image -> image.key().name()));
        text.append("\nSizes are those of all blobs of a repository, also of those that are not here.\n");
        collected.forEach((name, repository) -> {
            if (!repository.manifests().isEmpty()) {
                long size = repository.blobs().values().stream()
                        .mapToLong(blob -> blob.descriptor().size())
                        .sum();
                text.append('\n')
                        .append(name)
                        .append("  ")
                        .append(Sizes.bytes(size))
                        .append('\n');
                for (Image image : images.getOrDefault(name, List.of())) {
                    text.append("  ")
                            .append(image.key())
                            .append("  ")
                            .append(image.digest())
                            .append('\n');
                }
            }
        });
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("%-10s".formatted(name)).append(value).append('\n');
    }
}
