/** Limits for each host: requests in flight, requests and bytes per second. */
@NullMarked
package io.github.gcrsync.http.limit;

import org.jspecify.annotations.NullMarked;
