package gcrsync.copy;

/** Asks a run to end: what is in flight is finished, nothing new is begun. */
public final class StopSignal {
    private volatile boolean given;

    public void give() {
        given = true;
    }

    public boolean isGiven() {
        return given;
    }

    /** @throws StoppedException if the signal was given */
    void check() {
        if (given) {
            throw new StoppedException();
        }
    }
}
