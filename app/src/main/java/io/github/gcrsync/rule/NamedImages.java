package io.github.gcrsync.rule;

import io.github.gcrsync.oci.RepositoryName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The images that a rule names, by repository: there may be thousands, and each tag of the source is looked up. */
final class NamedImages {
    private final List<NamedImage> all;
    private final Map<RepositoryName, OfRepository> byRepository = new LinkedHashMap<>();

    /** The named images of one repository. */
    static final class OfRepository {
        private final List<NamedImage.Tags> selections = new ArrayList<>();
        private final Map<String, NamedImage.One> byReference = new HashMap<>();

        List<NamedImage.Tags> selections() {
            return selections;
        }

        Optional<NamedImage.One> one(String reference) {
            return Optional.ofNullable(byReference.get(reference));
        }
    }

    NamedImages(List<NamedImage> images) {
        all = List.copyOf(images);
        for (NamedImage image : all) {
            OfRepository of = byRepository.computeIfAbsent(image.repository(), _ -> new OfRepository());
            switch (image) {
                case NamedImage.Tags tags -> of.selections.add(tags);
                case NamedImage.One one -> of.byReference.put(one.reference(), one);
            }
        }
    }

    List<NamedImage> all() {
        return all;
    }

    Optional<OfRepository> of(RepositoryName repository) {
        return Optional.ofNullable(byRepository.get(repository));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NamedImages that && all.equals(that.all);
    }

    @Override
    public int hashCode() {
        return all.hashCode();
    }
}
