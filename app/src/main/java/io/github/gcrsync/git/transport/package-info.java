/** How JGit reaches a remote: locations, credentials, HTTP over our own transport, and the system's ssh. */
@NullMarked
package io.github.gcrsync.git.transport;

import org.jspecify.annotations.NullMarked;
