package io.github.gcrsync.cli.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The flags that describe a mirror. They cannot be combined with a file that has mirrors. */
public final class MirrorFlags {
    private static final String SIGNATURE = "--verify-key";
    private static final Map<String, String> REMEDIES = new HashMap<>();

    static {
        put("set 'source' of a mirror to HOST, HOST/PATH or oci:DIR", "--source", "--namespace");
        put("rename the folder, or set 'name-template' of a mirror", "--name");
        put("set 'destination' of a mirror", "--destination");
        put(
                "use docker login or --authfile",
                "--source-user",
                "--source-password",
                "--dockeruser",
                "--dockerpassword",
                "--dockerpassword-stdin");
        put("set 'name-template' of a mirror", "--name-template");
        put("set 'images' of a mirror", "--image");
        put("set 'repositories' of a mirror", "--include-repository", "--exclude-repository");
        put("remove it; a mirror in a file excludes only what it says", "--no-default-excludes");
        put("set 'fixed' of a mirror", "--fixed");
        put("set 'moved' of a mirror", "--moved");
        put("set 'platforms' of a mirror", "--platform");
        put("set 'index' of a mirror", "--index");
        put("set 'require-signature' of a mirror", SIGNATURE);
        put("set 'referrers' of a mirror", "--referrers");
        put(
                "set 'tags' of a mirror",
                "--exclude-tag",
                "--max-tag-length",
                "--min-age",
                "--first-run",
                "--max-age",
                "--include-tag",
                "--always",
                "--versions",
                "--prereleases",
                "--variants",
                "--newest",
                "--by",
                "--per",
                "--at-least");
    }

    private MirrorFlags() {}

    private static void put(String remedy, String... flags) {
        List.of(flags).forEach(flag -> REMEDIES.put(flag, remedy));
    }

    public static Set<String> names() {
        return REMEDIES.keySet();
    }

    /** Whether the flag, set for a mirror, also applies to an image that {@code copy} is given: ignoring it is unsafe. */
    static boolean areForAnyImage(String flag) {
        return flag.equals(SIGNATURE);
    }

    /** Returns why the flag cannot be combined with the mirrors of a file; empty if it can. */
    static Optional<String> refusal(String flag, String file) {
        return Optional.ofNullable(REMEDIES.get(flag))
                .map(remedy -> flag + " describes one mirror and cannot be combined with 'mirrors' in " + file + "; "
                        + remedy);
    }
}
