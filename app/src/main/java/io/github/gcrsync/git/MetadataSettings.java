package io.github.gcrsync.git;

import io.github.gcrsync.http.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Where the metadata repository is and how to write to it.
 *
 * @param location a git URL ({@code https}, {@code http}, {@code ssh}, {@code git}, {@code file}, {@code user@host:path}) or a local path
 * @param branch if empty, the one that the repository's HEAD names; {@code master} for a new repository
 * @param token sent to the location's own host only, over https or to a loopback host
 * @param authorName of the commits; if empty, what the metadata repository is configured with
 * @param authorEmail likewise
 * @param timezone of the times in changelog headings and commits
 * @param stateFolder holds the cached clones and their locks
 * @param timeout for connecting and for a silent connection
 * @param transport for git over https and http; neither follows redirects nor authenticates
 */
public record MetadataSettings(
        String location,
        Optional<String> branch,
        Optional<String> token,
        Optional<String> authorName,
        Optional<String> authorEmail,
        ZoneId timezone,
        Path stateFolder,
        Duration timeout,
        Transport transport) {

    /** Without the token, and without the location, which may hold a password. */
    @Override
    public String toString() {
        return "MetadataSettings[branch=" + branch + ", author=" + authorName + " " + authorEmail + ", timezone="
                + timezone + ", stateFolder=" + stateFolder + ", timeout=" + timeout + "]";
    }
}
