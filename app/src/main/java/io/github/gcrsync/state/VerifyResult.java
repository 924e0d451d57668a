package io.github.gcrsync.state;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of the last verify of a mirror at one destination.
 *
 * @param destination its label in metrics
 * @param recorded images in the ledger
 * @param checked how many of them were looked at
 * @param drifted images that drift; after a repair, those that it could not repair
 * @param unchecked images without known drift that could not be checked
 * @param repaired images that were repaired
 * @param deep whether all blobs were read
 * @param sample the share of the images that were to be checked, such as {@code 5%}; empty: all
 */
public record VerifyResult(
        Instant time,
        String destination,
        int recorded,
        int checked,
        int drifted,
        int unchecked,
        int repaired,
        boolean deep,
        Optional<String> sample) {
    /** Returns the result with the present label of the destination, which may have another name by now. */
    public VerifyResult at(String label) {
        return new VerifyResult(time, label, recorded, checked, drifted, unchecked, repaired, deep, sample);
    }

    /** Returns the fields as the API shows them and the file keeps them; null: there is none. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("destination", destination);
        fields.put("time", time);
        fields.put("recorded", recorded);
        fields.put("checked", checked);
        fields.put("drifted", drifted);
        fields.put("unchecked", unchecked);
        fields.put("repaired", repaired);
        fields.put("deep", deep);
        fields.put("sample", sample.orElse(null));
        return fields;
    }
}
