/** The service behind HTTP: its API, its events and its page. */
@NullMarked
package io.github.gcrsync.server.http;

import org.jspecify.annotations.NullMarked;
