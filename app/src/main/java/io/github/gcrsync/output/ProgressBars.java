package io.github.gcrsync.output;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.Workload;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress in place on a terminal: the whole run, and below it one line per blob in flight. It uses the terminal
 * only if there is something to copy.
 */
public final class ProgressBars implements RunListener, AutoCloseable {
    private static final long FRAME_NANOS = 100_000_000;
    private static final int MAX_BLOBS = 8;

    private final PrintWriter err;
    private final Bars bars;
    private final Rate rate = new Rate();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final Volume volume = new Volume();
    /** Images in flight, by name. */
    private final Map<String, Digest> images = new ConcurrentHashMap<>();

    private final Map<Digest, InFlight> blobs = new ConcurrentHashMap<>();
    /** The blob of each line below the first. The list never shrinks, so that lines do not jump. */
    private final List<@Nullable InFlight> lines = new ArrayList<>();

    private int all;
    private @Nullable Screen screen;
    private @Nullable Thread drawing;

    private static final class InFlight {
        private final String image;
        private final Descriptor blob;
        private final LongAdder read = new LongAdder();

        InFlight(String image, Descriptor blob) {
            this.image = image;
            this.blob = blob;
        }

        private boolean moves() {
            return read.sum() > 0;
        }
    }

    /** @param err for lines while there are no bars */
    public ProgressBars(PrintWriter err, boolean unicode) {
        this.err = err;
        this.bars = new Bars(unicode);
    }

    /** Returns a writer whose lines appear above the bars. */
    public PrintWriter above() {
        return new PrintWriter(new LineWriter(this::print), true);
    }

    /** Prints whole lines only: a line that another program prints in between could leave the cursor anywhere. */
    private synchronized void print(String line) {
        Screen open = screen;
        if (open == null) {
            err.println(line);
        } else {
            open.print(line + "\n");
            draw(open);
        }
    }

    @Override
    public synchronized void runStarted(Workload work) {
        if (work.toCopy() == 0) {
            return;
        }
        all = work.toCopy() + work.failed();
        try {
            screen = Screen.open();
        } catch (IOException | IllegalStateException e) {
            // Without a suitable terminal, failures and the summary are still printed.
            return;
        }
        drawing = Thread.ofPlatform().daemon().name("progress").start(this::drawUntilClosed);
    }

    @Override
    public void imageStarted(ImageTask task) {
        images.put(task.image(), task.digest());
    }

    @Override
    public void imageCopied(ImageTask task) {
        ended(task.image());
    }

    private void ended(String image) {
        images.remove(image);
        done.incrementAndGet();
    }

    @Override
    public void imageVanished(ImageTask task) {
        ended(task.image());
        print(Printable.of("gone     " + task.image() + " (deleted at the source since it was listed)"));
    }

    @Override
    public void imageSkipped(ImageTask task, String reason) {
        ended(task.image());
        print(Printable.of("skipped  " + task.image() + " (" + reason + ")"));
    }

    @Override
    public void imageFailed(Failure failure) {
        ended(failure.what());
        (failure.isHeld() ? held : failed).incrementAndGet();
        print(FailureLines.text(failure));
    }

    @Override
    public void manifestAbsent(Descriptor manifest) {
        print(ProgressLines.absent(manifest));
    }

    @Override
    public void contentFound(List<Descriptor> content) {
        volume.found(content);
    }

    @Override
    public void blobStarted(Descriptor blob, Digest image) {
        String name = images.entrySet().stream()
                .filter(begun -> begun.getValue().equals(image))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
        blobs.put(blob.digest(), new InFlight(name, blob));
    }

    @Override
    public void blobProgress(Descriptor blob, long bytes) {
        rate.add(bytes);
        InFlight flight = blobs.get(blob.digest());
        if (flight != null) {
            flight.read.add(bytes);
        }
    }

    @Override
    public void blobArrived(Descriptor blob, BlobArrival arrival) {
        volume.arrived(blob, arrival);
        blobs.remove(blob.digest());
    }

    @Override
    public void blobFailed(Descriptor blob) {
        blobs.remove(blob.digest());
    }

    private void drawUntilClosed() {
        while (drawOnce()) {
            LockSupport.parkNanos(FRAME_NANOS);
        }
    }

    private synchronized boolean drawOnce() {
        Screen open = screen;
        if (open != null) {
            draw(open);
        }
        return open != null;
    }

    private void draw(Screen open) {
        int width = open.width();
        int finished = Math.min(done.get(), all);
        Bars.Total total = new Bars.Total(
                finished,
                all,
                failed.get(),
                held.get(),
                rate.bytes(),
                volume.bytes(),
                finished + images.size() >= all,
                rate.perSecond(),
                rate.secondsLeft(finished, all));
        List<String> frame = new ArrayList<>(bars.total(total, width));
        assignLines(Math.min(MAX_BLOBS, open.height() - frame.size() - 2));
        for (InFlight flight : lines) {
            frame.add(flight == null ? "" : bars.blob(flight.image, flight.blob, flight.read.sum(), width));
        }
        int more = blobs.size() - lines.size();
        if (more > 0) {
            frame.add(bars.more(more, width));
        }
        open.draw(frame.subList(0, Math.min(frame.size(), Math.max(1, open.height() - 1))));
    }

    /** A blob keeps its line until it has arrived; a blob without progress gives way to one with progress. */
    private void assignLines(int most) {
        // Evaluated once: blobs progress meanwhile, and a sort must not see them change.
        Map<Boolean, List<InFlight>> byMoving = blobs.values().stream()
                .filter(blob -> !lines.contains(blob))
                .collect(Collectors.partitioningBy(InFlight::moves));
        List<InFlight> waiting = new ArrayList<>(byMoving.get(false));
        waiting.addAll(byMoving.get(true));
        for (int i = 0; i < lines.size(); i++) {
            InFlight shown = lines.get(i);
            if (shown == null || blobs.get(shown.blob.digest()) != shown) {
                lines.set(i, waiting.isEmpty() ? null : waiting.removeLast());
            } else if (!shown.moves() && !waiting.isEmpty() && waiting.getLast().moves()) {
                lines.set(i, waiting.removeLast());
            }
        }
        while (lines.size() < most && !waiting.isEmpty()) {
            lines.add(waiting.removeLast());
        }
    }

    /** Removes the bars; later output starts where they were. */
    @Override
    public void close() {
        Thread thread;
        synchronized (this) {
            Screen open = screen;
            screen = null;
            thread = drawing;
            if (open != null) {
                open.close();
            }
        }
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
