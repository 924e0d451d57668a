package io.github.gcrsync.run;

import java.util.OptionalLong;

/** Lets images begin as far as the quota goes that the source has for pulls. Used by many threads. */
public interface PullQuota {
    /** A source that does not count. */
    PullQuota NONE = new PullQuota() {
        @Override
        public OptionalLong admits(Runnable meanwhile) {
            return OptionalLong.of(0);
        }

        @Override
        public boolean refused(long window) {
            return false;
        }
    };

    /**
     * Lets one more image begin, which may take as long as it takes until the quota is renewed.
     *
     * @param meanwhile done every second or so of waiting
     * @return the window that it was admitted in; empty if it may not begin
     */
    OptionalLong admits(Runnable meanwhile);

    /**
     * The source has refused for the rate.
     *
     * @param window that the image was admitted in
     * @return whether that was the quota, so that the image is not one that failed
     */
    boolean refused(long window);
}
