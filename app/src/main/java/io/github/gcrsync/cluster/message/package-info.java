/** What servers and workers tell each other through the database, as JSON. */
@NullMarked
package io.github.gcrsync.cluster.message;

import org.jspecify.annotations.NullMarked;
