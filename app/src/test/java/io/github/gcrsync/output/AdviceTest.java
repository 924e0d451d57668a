package io.github.gcrsync.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.text.Message;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AdviceTest {
    @Test
    void keepsExistingRemedy() {
        Message message = Message.of("registry.example.com does not list team", "name one repository");

        assertThat(Advice.withRemedy(new ContentException.Unsupported(message)))
                .isEqualTo("registry.example.com does not list team; name one repository");
    }

    @Test
    void addsDefaultRemedyToMessageWithSemicolon() {
        ContentException reason = new ContentException.Unsupported("HTTP 400 (no; never) from registry.example.com");

        assertThat(Advice.withRemedy(reason))
                .isEqualTo("HTTP 400 (no; never) from registry.example.com;"
                        + " use another registry, or another --namespace");
    }

    @Test
    void joinsRemedies() {
        ContentException.Denied reason = new ContentException.Denied(
                        Message.of("HTTP 403", "ask for the right"), false, Optional.of("robot"))
                .and(Optional.of("activate the realm"));

        assertThat(reason.refusedUser()).contains("robot");
        assertThat(Advice.withRemedy(new CopyException(Side.SOURCE, reason)))
                .endsWith(": HTTP 403; ask for the right; activate the realm");
    }
}
