package gcrsync.ledger;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/** What a file is to hold: its length is known before it is read, as git's object header wants it. */
public interface FileContent {
    long length();

    InputStream open() throws IOException;

    default byte[] bytes() throws IOException {
        try (InputStream in = open()) {
            return in.readAllBytes();
        }
    }

    static FileContent of(byte[] bytes) {
        return new FileContent() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** This content with more behind it. */
    default FileContent followedBy(FileContent rest) {
        FileContent head = this;
        return new FileContent() {
            @Override
            public long length() {
                return head.length() + rest.length();
            }

            @Override
            public InputStream open() throws IOException {
                return new SequenceInputStream(head.open(), rest.open());
            }
        };
    }
}
