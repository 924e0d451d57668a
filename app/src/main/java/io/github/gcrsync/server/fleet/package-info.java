/** The workers that copy for a service. */
@NullMarked
package io.github.gcrsync.server.fleet;

import org.jspecify.annotations.NullMarked;
