package io.github.gcrsync.git;

import io.github.gcrsync.http.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The location of the metadata repository and how to write to it.
 *
 * @param location a git URL ({@code https}, {@code http}, {@code ssh}, {@code git}, {@code file},
 *     {@code user@host:path}) or a local path
 * @param branch default: the branch of the repository's HEAD; {@code master} for a new repository
 * @param token sent to the location's own host only, over https or to a loopback host
 * @param authorName of the commits; default: the configuration of the metadata repository
 * @param authorEmail likewise
 * @param timezone for changelog headings and commits
 * @param stateFolder contains the cached clones and their locks
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

    /** Omits the token, and the location, which may contain a password. */
    @Override
    public String toString() {
        return "MetadataSettings[branch=" + branch + ", author=" + authorName + " " + authorEmail + ", timezone="
                + timezone + ", stateFolder=" + stateFolder + ", timeout=" + timeout + "]";
    }
}
