package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One target succeeds at once; the other needs more time. */
@Timeout(30)
final class SideBySideTest {
    private final Group.Ends ends = new Group.Ends(Duration.ofMillis(20));
    private final Engine engine = Registries.engine().build();
    private final CopyTarget fast = target("fast");
    private final CopyTarget slow = target("slow");
    private final CountDownLatch end = new CountDownLatch(1);

    private CopyTarget target(String name) {
        return new CopyTarget(
                engine.registry("localhost:1").repository(new RepositoryName(name)),
                "localhost:1",
                "1",
                true,
                CopyListener.SILENT);
    }

    @AfterEach
    void close() {
        end.countDown();
        engine.close();
    }

    private void run(SideBySide.Work work) {
        new SideBySide(ends, work, target -> {
                    if (target.equals(slow)) {
                        Sided.waiting(end::await);
                    }
                    return true;
                })
                .run(List.of(fast, slow));
    }

    /** Progress that ends the slow target when it was asked for several times. */
    private SideBySide.Work work(OptionalLong began, int most) {
        AtomicInteger asked = new AtomicInteger();
        long now = System.nanoTime();
        return new SideBySide.Work() {
            @Override
            public OptionalLong began(CopyTarget target) {
                return began;
            }

            @Override
            public long progressed() {
                if (asked.incrementAndGet() == 5) {
                    end.countDown();
                }
                return asked.get() <= most ? System.nanoTime() : now;
            }
        };
    }

    @Test
    void waitsForTargetThatReceivesBytesIfOtherNeededNone() {
        run(work(OptionalLong.empty(), Integer.MAX_VALUE));

        assertThat(ends.has(slow)).isFalse();
    }

    @Test
    void leavesTargetBehindThatReceivesNothing() {
        run(work(OptionalLong.empty(), 3));

        assertThat(ends.isBehind(slow)).isTrue();
        assertThat(ends.has(fast)).isFalse();
    }

    @Test
    void leavesTargetBehindThatIsSlowerThanOther() {
        run(work(OptionalLong.of(System.nanoTime()), Integer.MAX_VALUE));

        assertThat(ends.isBehind(slow)).isTrue();
    }
}
