package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cluster.message.Assignment;
import io.github.gcrsync.cluster.message.AssignmentJson;
import io.github.gcrsync.cluster.message.Results;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.run.Dispatch;
import io.github.gcrsync.run.Moved;
import io.github.gcrsync.testkit.PostgresServer;
import io.github.gcrsync.text.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ClusterDispatchTest {
    private static final Digest DIGEST = new Digest("sha256:" + "ab".repeat(32));
    private static final RepositoryName REPOSITORY = new RepositoryName("ns/app");

    /** A run of some repositories, and what it is told. */
    private static final class Heard implements Dispatch.Work {
        private final List<Dispatch.Repository> left = new ArrayList<>();
        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public List<Dispatch.Repository> left() {
            return left;
        }

        @Override
        public void ended(String place, String image, Dispatch.Result result) {
            told.add(place + " " + image + " " + result);
        }

        @Override
        public void moved(String place, Moved moved) {}

        @Override
        public void pulled(long bytes) {
            told.add(bytes + " bytes");
        }

        @Override
        public void abandon(String place, String why) {
            told.add(place + " lost: " + why);
        }

        @Override
        public void abandon(String why) {
            told.add("lost: " + why);
        }

        @Override
        public boolean mustEnd() {
            return false;
        }

        @Override
        public boolean isGivenUp() {
            return false;
        }
    }

    private static Dispatch.Repository repository(int images) {
        List<CopyTask> tasks = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            tasks.add(new CopyTask(
                    REPOSITORY,
                    new RepositoryName("app"),
                    "v" + i,
                    DIGEST,
                    false,
                    new RepositoryName("mirror/app"),
                    "v" + i,
                    Reason.NEW));
        }
        return new Dispatch.Repository(
                REPOSITORY, List.of(), List.of(new Dispatch.Part("there", tasks, List.of(), Set.of())));
    }

    /** Numbers are given out before the commit: a lower one may become visible after a higher one. */
    @Test
    void takesResultsThatAreCommittedOutOfOrder() throws Exception {
        try (PostgresServer server = PostgresServer.create();
                Database database = Database.open(
                        DatabaseAddress.of(
                                server.jdbcUrl() + "?user=" + server.user(),
                                Map.of(DatabaseAddress.PASSWORD, server.password())),
                        4)) {
            Heard work = new Heard();
            work.left.add(repository(1));
            Thread run = new Thread(() -> new ClusterDispatch(database, "m", Duration.ofMillis(500)).run(work));
            run.start();
            Waiting.until(
                    "a task", () -> server.psql("select 1 from gcrsync.task").size() == 1);
            String id = server.psql("select run from gcrsync.dispatch").getFirst();
            for (int number : List.of(7, 3, 5)) {
                server.psql("insert into gcrsync.result (id, mirror, run, worker, content) values (" + number
                        + ", 'm', '" + id + "', 'w', '" + new Results(List.of(), number).json() + "')");
                Waiting.until("the result " + number, () -> work.told.contains(number + " bytes"));
            }

            server.psql("delete from gcrsync.task");
            run.join();

            assertThat(work.told).containsExactly("7 bytes", "3 bytes", "5 bytes");
            assertThat(server.psql("select 1 from gcrsync.result")).isEmpty();
            assertThat(server.psql("select 1 from gcrsync.dispatch")).isEmpty();
        }
    }

    @Test
    void assignmentsAndResultsAreTheSameAfterTheDatabase() {
        Assignment assignment = new Assignment("a mirror", 2, repository(3));
        AssignmentJson json = new AssignmentJson();
        assertThat(json.deserialize(Assignment.class, json.serialize(assignment)))
                .isEqualTo(assignment);

        CopyException denied = new CopyException(
                Side.DESTINATION,
                new ContentException.Denied(Message.of("no", "log in"), true, Optional.of("somebody")));
        CopiedReferrers incomplete = new CopiedReferrers(
                2,
                1,
                DIGEST,
                List.of(DIGEST.value()),
                List.of(new CopiedReferrers.Failure(
                        Optional.of("tag"),
                        DIGEST,
                        new CopyException(Side.SOURCE, new ContentException.Untrusted("unsigned", "by nobody")))));
        Results results = new Results(
                List.of(new Results.Part(
                        "there",
                        List.of(
                                new Results.Image(
                                        "app:v1",
                                        new Dispatch.Result.Copied(DIGEST, DIGEST, Optional.empty(), incomplete)),
                                new Results.Image("app:v2", new Dispatch.Result.Failed(DIGEST, denied)),
                                new Results.Image("app:v3", new Dispatch.Result.Skipped("no platform"))),
                        new Moved(1, 2, 3, 4, 5, 6),
                        Optional.of("gone"))),
                99);
        String text = results.json();
        assertThat(Results.of(text).json()).isEqualTo(text);
        Dispatch.Result.Failed failed = (Dispatch.Result.Failed)
                Results.of(text).parts().getFirst().images().get(1).result();
        ContentException.Denied reason =
                (ContentException.Denied) failed.reason().reason();
        assertThat(reason).hasMessage("no; log in");
        assertThat(reason.remedy()).contains("log in");
        assertThat(reason.areCredentialsRefused()).isTrue();
        assertThat(reason.refusedUser()).contains("somebody");
    }

    @Test
    void placeIsLostOnceAllWorkersFindItLost() {
        Losses losses = new Losses();
        Results.Part lost = new Results.Part("there", List.of(), Moved.NOTHING, Optional.of("gone"));
        Results.Part copied = new Results.Part(
                "there",
                List.of(new Results.Image(
                        "app:v1", new Dispatch.Result.Copied(DIGEST, DIGEST, Optional.empty(), CopiedReferrers.NONE))),
                Moved.NOTHING,
                Optional.empty());
        List<String> living = List.of("a", "b");
        for (int i = 0; i < 20; i++) {
            assertThat(losses.areEnough("a", lost, living))
                    .as("b has not tried")
                    .isFalse();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(losses.areEnough("b", lost, living)).isFalse();
        }
        assertThat(losses.areEnough("b", copied, living)).isFalse();
        assertThat(losses.areEnough("b", lost, living)).as("an image arrived").isFalse();
        for (int i = 0; i < 4; i++) {
            assertThat(losses.areEnough("b", lost, List.of("b"))).isEqualTo(i == 3);
        }
    }
}
