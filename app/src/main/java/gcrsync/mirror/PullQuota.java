package gcrsync.mirror;

/** Lets images begin as far as the quota goes that the source has for pulls. Used by many threads. */
public interface PullQuota {
    /** A source that does not count. */
    PullQuota NONE = new PullQuota() {
        @Override
        public boolean admits() {
            return true;
        }

        @Override
        public boolean refused() {
            return false;
        }
    };

    /** Whether one more image may begin now; may take as long as it takes until the quota is renewed. */
    boolean admits();

    /**
     * The source has refused for the rate.
     *
     * @return whether that was the quota, so that the image is not one that failed
     */
    boolean refused();
}
