package io.github.gcrsync.cluster.message;

import com.github.kagkarlsson.scheduler.serializer.Serializer;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.JsonFields;
import java.nio.charset.StandardCharsets;

/** Writes the data of tasks as JSON, in UTF-8. */
public final class AssignmentJson implements Serializer {
    @Override
    public byte[] serialize(Object data) {
        return Json.text(((Assignment) data).fields()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public <T> T deserialize(Class<T> type, byte[] data) {
        return type.cast(Assignment.of(JsonFields.of(data)));
    }
}
