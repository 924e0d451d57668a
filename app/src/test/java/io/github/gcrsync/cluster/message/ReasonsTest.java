package io.github.gcrsync.cluster.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.JsonFields;
import io.github.gcrsync.text.Message;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures of a worker, as the process receives them that planned the run. */
final class ReasonsTest {
    static Stream<ContentException> keepsKindMessageAndRemedy() {
        Message message = Message.of("the tag a:1 cannot be overwritten", "exclude the tag");
        return Stream.of(
                new ContentException.Held(message),
                new ContentException.NotFound(message),
                new ContentException.Denied(message, true, Optional.of("robot")),
                new ContentException.Corrupt("damaged"),
                new ContentException.Incomplete("a layer is missing"),
                new ContentException.Unsupported(message),
                new ContentException.Untrusted("unsigned", "no signature"),
                new ContentException.Conflict("of another mirror"),
                new ContentException.Unwritable("full"),
                new ContentException.Unreachable("HTTP 503"));
    }

    @ParameterizedTest
    @MethodSource
    void keepsKindMessageAndRemedy(ContentException reason) {
        byte[] sent = Json.text(Reasons.fields(new CopyException(Side.DESTINATION, reason)))
                .getBytes(UTF_8);

        CopyException received = Reasons.of(JsonFields.of(sent));

        assertThat(received.side()).isEqualTo(Side.DESTINATION);
        assertThat(received.reason()).hasSameClassAs(reason).hasMessage(reason.getMessage());
        assertThat(received.reason().remedy()).isEqualTo(reason.remedy());
    }
}
