/** A service that runs mirrors on their schedules; it knows no command line and no HTTP. */
@NullMarked
package io.github.gcrsync.server;

import org.jspecify.annotations.NullMarked;
