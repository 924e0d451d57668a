package io.github.gcrsync.cluster;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.DbSchedulerException;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.github.gcrsync.cluster.message.Assignment;
import io.github.gcrsync.cluster.message.AssignmentJson;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.text.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes tasks from the database, copies, and writes the results in the transaction that completes the task. */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LONGEST_BEAT = Duration.ofSeconds(2);
    private static final String REMEDY = "give each worker the server's gcrsync.yaml and the key files that it names";

    private static final int MOST_FAILURES = 3;
    /** Each doubles the pause. */
    private static final int MOST_TROUBLES = 4;

    private final String name;
    private final Database database;
    private final WorkerMirrors mirrors;
    private final Portions portions;
    private final int imagesAtATime;
    private final Duration heartbeat;
    private final Consumer<String> log;
    private final Semaphore images;
    private final DatabaseClock clock;
    private final Membership membership;
    private final Scheduler scheduler;
    private final ScheduledExecutorService beats =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "gcrsync-beat"));
    private final ActiveTasks active = new ActiveTasks();
    private final CountDownLatch ended = new CountDownLatch(1);
    /** Tasks in a row that ended early here. */
    private int troubles;

    /**
     * @param imagesAtATime over all tasks
     * @param heartbeat how often it shows that it lives; the tasks of one that was not seen for four of these are taken
     *     over, within two more
     * @param log receives a line for each task
     */
    public Worker(
            String name,
            Database database,
            WorkerMirrors mirrors,
            Portions portions,
            int imagesAtATime,
            Duration heartbeat,
            Consumer<String> log) {
        this.heartbeat = heartbeat;
        this.log = log;
        this.name = name;
        this.database = database;
        this.mirrors = mirrors;
        this.portions = portions;
        this.imagesAtATime = imagesAtATime;
        this.images = new Semaphore(imagesAtATime);
        this.clock = new DatabaseClock(database);
        this.membership = new Membership(name, database);
        this.scheduler = Scheduler.create(database.source(), task())
                .schedulerName(new SchedulerName.Fixed(name))
                .tableName(RunTasks.TABLE)
                .serializer(new AssignmentJson())
                .clock(clock)
                .threads(Math.min(RunTasks.AT_ONCE, imagesAtATime))
                .pollUsingLockAndFetch(0.75, 1.0)
                // Not UPDATE ... WHERE ... IN (SELECT ... LIMIT): some of PostgreSQL's plans execute the inner query
                // for each
                // row, so that one worker takes all tasks.
                .jdbcCustomization(new PostgreSqlJdbcCustomization(true, false))
                .pollingInterval(POLL)
                .heartbeatInterval(heartbeat)
                .missedHeartbeatsLimit(Membership.HEARTBEATS_BEFORE_DEATH)
                .enablePriority()
                .shutdownMaxWait(Duration.ofDays(1))
                .build();
    }

    private CustomTask<Assignment> task() {
        return Tasks.custom(Assignment.NAME, Assignment.class)
                .onFailure((complete, operations) -> {
                    // Data that this version cannot read, or an error of the machine.
                    rest(true);
                    LOG.warn("cannot execute a task; report the output of --debug: {}", words(complete));
                    if (complete.getExecution().consecutiveFailures >= MOST_FAILURES) {
                        operations.stop();
                    } else {
                        operations.reschedule(complete, clock.now().plus(pauseBeforeNextAttempt()));
                    }
                })
                .onDeadExecution((complete, operations) -> {
                    // After an outage, all heartbeats are old; the others need a moment to renew theirs.
                    if (membership.isReachableFor(heartbeat.multipliedBy(Membership.HEARTBEATS_BEFORE_DEATH))) {
                        operations.reschedule(complete, Instant.EPOCH);
                    }
                })
                .execute((task, _) -> execute(task));
    }

    private static String words(ExecutionComplete complete) {
        return complete.getCause().map(Throwable::toString).orElse("unknown cause");
    }

    private Duration pauseBeforeNextAttempt() {
        return heartbeat.multipliedBy(2);
    }

    public String name() {
        return name;
    }

    public void start() {
        beat();
        scheduler.start();
        long beat = Math.min(LONGEST_BEAT.toMillis(), heartbeat.toMillis());
        var _ = beats.scheduleWithFixedDelay(this::beat, beat, beat, TimeUnit.MILLISECONDS);
    }

    private void beat() {
        try {
            List<ActiveTasks.Active> tasks = active.list();
            List<String> ids = ActiveTasks.ids(tasks);
            clock.refresh();
            membership.seen(ids);
            portions.refresh(database);
            List<String> runs = membership.runs();
            ActiveTasks.keep(tasks, membership.wanted(ids), runs);
            mirrors.keep(runs);
        } catch (DatabaseException e) {
            membership.unreachable(e);
        } catch (RuntimeException | Error e) {
            LOG.warn("internal error; report the output of --debug", e);
        }
    }

    private CompletionHandler<Assignment> execute(TaskInstance<Assignment> task) {
        Assignment assignment = task.getData();
        ActiveTasks.Active own = active.begin(task.getId());
        boolean hasEnded = false;
        try {
            if (!isWanted(task.getId())) {
                own.drop();
            }
            portions.refreshFor(assignment.mirror(), database);
            TaskRun.Ended end = own.isUnwanted()
                    ? TaskRun.Ended.WITHOUT_WORK
                    : copied(assignment, RunTasks.runOf(task.getId()), own.stop());
            rest(end.isAtWorker());
            hasEnded = true;
            return completion(task, end, own);
        } finally {
            if (!hasEnded) {
                active.end(own);
            }
        }
    }

    /** The run of a queued task may have ended by now. */
    private boolean isWanted(String task) {
        try {
            return !membership.wanted(List.of(task)).isEmpty();
        } catch (DatabaseException e) {
            return true; // The next beat tells.
        }
    }

    private TaskRun.Ended copied(Assignment assignment, String run, StopSignal stop) {
        TaskRun task = new TaskRun(assignment, stop);
        try (WorkerMirrors.Opened mirror = mirrors.open(assignment.mirror(), run)) {
            Admission admission =
                    new Admission(images, mirror.quota(assignment.work().images(), stop));
            stop.whenAbandoned(mirror::disconnect);
            return task.run(
                    mirror,
                    admission,
                    new SharedClaims(database, assignment.mirror(), membership, heartbeat),
                    imagesAtATime);
        } catch (RuntimeException e) {
            String words = "worker " + name + ": " + e.getMessage();
            LOG.warn("{}: {}: {}; {}", assignment.mirror(), assignment.work().from(), words, REMEDY);
            LOG.debug("the task failed", e);
            return task.failed(Message.of(words, REMEDY));
        }
    }

    /** A worker with a broken network, file or login fails fast. It pauses, so that the others get the tasks. */
    private synchronized void rest(boolean isInTrouble) {
        if (!isInTrouble) {
            troubles = 0;
        } else if (!scheduler.getSchedulerState().isPaused()) {
            troubles = Math.min(troubles + 1, MOST_TROUBLES);
            Duration pause = pauseBeforeNextAttempt().multipliedBy(1L << troubles);
            scheduler.pause();
            var _ = beats.schedule(scheduler::resume, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** The library rolls the transaction back if another worker has taken the task over. */
    private CompletionHandler<Assignment> completion(
            TaskInstance<Assignment> task, TaskRun.Ended end, ActiveTasks.Active own) {
        boolean isUnwanted = own.isUnwanted();
        Optional<Assignment> rest = end.rest().filter(_ -> !isUnwanted);
        Assignment assignment = task.getData();
        return (complete, operations) -> {
            try {
                membership.retrying(
                        () -> database.inTransaction(() -> {
                            database.update(
                                    "insert into gcrsync.result (mirror, run, worker, content) values (?, ?, ?, ?)",
                                    assignment.mirror(),
                                    RunTasks.runOf(task.getId()),
                                    name,
                                    end.results().json());
                            if (rest.isPresent()) {
                                Duration pause = active.areEnding() ? Duration.ZERO : pauseBeforeNextAttempt();
                                operations.reschedule(complete, clock.now().plus(pause), rest.get());
                            } else {
                                operations.stop();
                            }
                        }),
                        active::areEnding);
                log.accept(assignment.mirror() + ": " + assignment.work().from() + ": "
                        + end.results().words());
            } catch (DbSchedulerException e) {
                if (isUnwanted) {
                    return; // Its run has ended.
                }
                LOG.warn(
                        "{}: {}: another worker has taken over this task",
                        assignment.mirror(),
                        assignment.work().from());
            } catch (DatabaseException e) {
                LOG.warn(
                        "{}: {}: the results are lost, and the task is repeated: {}",
                        assignment.mirror(),
                        assignment.work().from(),
                        e.getMessage());
            } finally {
                active.end(own);
            }
        };
    }

    /** Takes no more tasks, and ends those in progress after the blobs in flight. */
    public synchronized void stop() {
        if (active.areEnding()) {
            return;
        }
        active.close();
        new Thread(
                        () -> {
                            scheduler.stop();
                            ended.countDown();
                        },
                        "gcrsync-stop")
                .start();
    }

    /** Gives up the blobs in flight. */
    public void abandon() {
        active.abandon();
        mirrors.disconnect();
    }

    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        beats.shutdown();
        membership.leave();
    }
}
