/** Limits on what hosts are asked: requests in flight, requests and bytes per second. */
@NullMarked
package gcrsync.http.limit;

import org.jspecify.annotations.NullMarked;
