package gcrsync.http;

import java.io.IOException;

/** A failure that asking again would not mend. */
public class RefusedException extends IOException {
    public RefusedException(String message) {
        super(message);
    }

    public RefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
