package io.github.gcrsync.plan;

/** Why an image is copied. */
public enum Reason {
    NEW("new"),
    MOVED("moved"),
    RULE("the rule has changed"),
    GONE("gone at the destination"),
    DIFFERENT("different at the destination"),
    DAMAGED("damaged at the destination"),
    FORCED("forced");

    private final String words;

    Reason(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
