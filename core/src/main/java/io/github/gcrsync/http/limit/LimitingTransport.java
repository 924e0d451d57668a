package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a slot at the host for each request without one, and reports the result to the host's window. A request is in
 * flight until its response is closed.
 */
public final class LimitingTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(LimitingTransport.class);

    private final Transport next;
    private final HostSlots slots;

    public LimitingTransport(Transport next, HostSlots slots) {
        this.next = next;
        this.slots = slots;
    }

    @Override
    public Response send(Request request) throws IOException {
        if (request.slotAt().isPresent()) {
            return send(request, request.slotAt().get());
        }
        String host = Addresses.authority(request.uri());
        HostSlots.Held slot = slots.take(List.of(host));
        boolean handedOver = false;
        try {
            Response response = new InFlight(send(request, host), slot);
            handedOver = true;
            return response;
        } finally {
            if (!handedOver) {
                slot.close();
            }
        }
    }

    private Response send(Request request, String host) throws IOException {
        Response response = next.send(request);
        LOG.debug("{} -> {}", request, response.status());
        if (response.status() == 429 || response.status() == 503) {
            slots.refused(host);
        } else {
            slots.succeeded(host);
        }
        return response;
    }

    @Override
    public void close() {
        next.close();
    }

    /** A response that releases its slot when it is closed. */
    private record InFlight(Response response, HostSlots.Held slot) implements Response.Wrapping {
        @Override
        public void close() {
            response.close();
            slot.close();
        }
    }
}
