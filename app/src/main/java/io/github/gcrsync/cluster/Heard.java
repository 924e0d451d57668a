package io.github.gcrsync.cluster;

import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.run.RunListener;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the report of a run does not say of each image. */
final class Heard implements RunListener {
    private final Map<String, String> reasons = new ConcurrentHashMap<>();
    private final Map<String, CopiedReferrers> referrers = new ConcurrentHashMap<>();

    @Override
    public void imageSkipped(ImageTask task, String reason) {
        reasons.put(task.image(), reason);
    }

    @Override
    public void imageReferrers(ImageTask task, CopiedReferrers found) {
        referrers.put(task.image(), found);
    }

    /** Returns why an image was skipped. */
    String reason(String image) {
        return reasons.getOrDefault(image, "");
    }

    Optional<CopiedReferrers> referrers(ImageTask task) {
        return Optional.ofNullable(referrers.get(task.image()));
    }
}
