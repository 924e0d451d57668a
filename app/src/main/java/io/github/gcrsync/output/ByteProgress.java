package io.github.gcrsync.output;

import io.github.gcrsync.bundle.Progress;
import io.github.gcrsync.text.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Shows how many images are read or checked, and then how much of a bundle is written or checked: as a line that changes in place on a terminal, elsewhere as a line from
 * time to time.
 */
public final class ByteProgress implements Progress, AutoCloseable {
    private static final Duration RHYTHM = Duration.ofSeconds(10);
    private static final Duration FRAME = Duration.ofMillis(100);

    private final String reading;
    private final String work;
    private final PrintWriter err;
    private final boolean isTerminal;
    private final AtomicInteger images = new AtomicInteger();
    private volatile Rate rate = new Rate();
    private volatile long all;
    private volatile int allImages;
    private volatile boolean isEnded;
    private final Thread printer;

    /**
     * @param reading what is done with the images at first
     * @param work what is done with the bytes: writing or checking
     * @param isTerminal whether lines can change in place
     */
    public ByteProgress(String reading, String work, PrintWriter err, boolean isTerminal) {
        this.reading = reading;
        this.work = work;
        this.err = err;
        this.isTerminal = isTerminal;
        this.printer = new Thread(this::print, "gcrsync-progress");
        printer.setDaemon(true);
        printer.start();
    }

    @Override
    public void reading(int count) {
        images.set(0);
        allImages = count;
    }

    @Override
    public void imageRead() {
        images.incrementAndGet();
    }

    @Override
    public void bytes(long count) {
        rate = new Rate();
        all = count;
    }

    @Override
    public void done(long bytes) {
        rate.add(bytes);
    }

    private void print() {
        try {
            if (isTerminal) {
                onTerminal();
            } else {
                asLines();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // There is no terminal after all; the work goes on without progress.
        }
    }

    private void onTerminal() throws IOException, InterruptedException {
        try (Screen screen = Screen.open()) {
            while (!isEnded) {
                String line = line();
                screen.draw(List.of(line.substring(0, Math.min(line.length(), screen.width()))));
                Thread.sleep(FRAME);
            }
        }
    }

    private void asLines() throws InterruptedException {
        while (true) {
            Thread.sleep(RHYTHM);
            err.println(line());
        }
    }

    private String line() {
        if (all == 0) {
            long seconds = rate.secondsLeft(images.get(), allImages);
            return reading + "  " + images.get() + " of " + allImages + " images"
                    + (rate.bytes() == 0 ? "" : ", " + Sizes.bytes(rate.bytes()) + " read")
                    + (seconds <= 0 ? "" : ", about " + Sizes.duration(Duration.ofSeconds(seconds)) + " left");
        }
        long done = rate.bytes();
        long speed = rate.perSecond();
        String left = speed == 0 || done >= all
                ? ""
                : ", about " + Sizes.duration(Duration.ofSeconds((all - done) / speed)) + " left";
        return work + "  " + Sizes.bytes(done) + " of " + Sizes.bytes(all) + ", " + Sizes.bytes(speed) + "/s" + left;
    }

    @Override
    public void close() {
        isEnded = true;
        if (!isTerminal) {
            printer.interrupt();
        }
        try {
            printer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
