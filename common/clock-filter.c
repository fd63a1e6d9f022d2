/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock-filter.h"

#include <math.h>

/* Below this span the slope of a line through jitter says less than "crystals are good to 100 ppm".
 */
#define MIN_SPAN_FOR_RATE_S 4.0
#define MAX_RATE (LOA_CLOCK_FILTER_MAX_PPM * 1e-6)
#define MAX_ROUND_TRIP_NS (10 * G_GINT64_CONSTANT(1000000000))
/* An exchange may lie this far outside what the line allows before it is doubted. */
#define DOUBT_MARGIN_S 0.0005
/* So many doubted exchanges in a row are a step of the site clock. */
#define DOUBTS_FOR_STEP 4
/* How fast a crystal may wander from its estimated rate: temperature, ageing. */
#define WANDER_PPM 2.0
/* Rate uncertainty before one was measured. */
#define UNKNOWN_RATE_PPM 100.0

/* One cloud: points (x, y) in seconds, relative to the filter's origin. */
typedef struct {
	double x;
	double y;
} Point;

struct LoaClockFilter {
	gint64 origin_mono_ns; /* t1 of the first exchange: keeps the doubles small */
	gint64 origin_site_ns; /* t2 of the first exchange */
	Point forward[LOA_CLOCK_FILTER_WINDOW]; /* rings, oldest at `oldest` */
	Point backward[LOA_CLOCK_FILTER_WINDOW];
	guint n;
	guint oldest;
	guint n_doubted; /* in a row */
	guint32 epoch;
	double rate;          /* slope: site seconds gained per monotonic second, minus 1 */
	double floor_forward; /* intercepts of the envelopes at x = 0 */
	double floor_backward;
	double newest_x;
};

LoaClockFilter *
loa_clock_filter_new(void)
{
	return g_new0(LoaClockFilter, 1);
}

void
loa_clock_filter_free(LoaClockFilter *self)
{
	g_free(self);
}

guint
loa_clock_filter_n_taken(const LoaClockFilter *self)
{
	return self->n;
}

static Point
ring_at(const LoaClockFilter *self, const Point *ring, guint i)
{
	return ring[(self->oldest + i) % LOA_CLOCK_FILTER_WINDOW];
}

static double
cross(Point a, Point b, Point c)
{
	return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* The lower convex hull (monotone chain); points come sorted by x. Returns its size. */
static guint
lower_hull(const LoaClockFilter *self, const Point *ring, Point *hull)
{
	guint n_hull = 0;

	for (guint i = 0; i < self->n; i++) {
		Point p = ring_at(self, ring, i);

		while (n_hull >= 2 && cross(hull[n_hull - 2], hull[n_hull - 1], p) <= 0)
			n_hull--;
		hull[n_hull++] = p;
	}
	return n_hull;
}

/* The highest line of slope @rate under the hull: its intercept at x = 0. */
static double
intercept(const Point *hull, guint n_hull, double rate)
{
	double lowest = INFINITY;

	for (guint i = 0; i < n_hull; i++)
		lowest = MIN(lowest, hull[i].y - rate * hull[i].x);
	return lowest;
}

/* The slope that lifts both envelopes highest. The sum of the intercepts is concave in the
 * slope, so a ternary search finds the top; the plateau's width is far below the noise. */
static double
best_rate(const Point *forward, guint n_forward, const Point *backward, guint n_backward)
{
	double low = -MAX_RATE, high = MAX_RATE;

	for (int i = 0; i < 48; i++) {
		double a = low + (high - low) / 3, b = high - (high - low) / 3;
		double at_a =
			intercept(forward, n_forward, a) + intercept(backward, n_backward, -a);
		double at_b =
			intercept(forward, n_forward, b) + intercept(backward, n_backward, -b);

		if (at_a < at_b)
			low = a;
		else
			high = b;
	}
	return (low + high) / 2;
}

static void
fit(LoaClockFilter *self)
{
	Point forward[LOA_CLOCK_FILTER_WINDOW], backward[LOA_CLOCK_FILTER_WINDOW];
	guint n_forward = lower_hull(self, self->forward, forward);
	guint n_backward = lower_hull(self, self->backward, backward);
	double span = self->newest_x - ring_at(self, self->forward, 0).x;

	if (span >= MIN_SPAN_FOR_RATE_S)
		self->rate = best_rate(forward, n_forward, backward, n_backward);
	self->floor_forward = intercept(forward, n_forward, self->rate);
	self->floor_backward = intercept(backward, n_backward, -self->rate);
}

static void
forget(LoaClockFilter *self)
{
	self->n = 0;
	self->oldest = 0;
	self->n_doubted = 0;
}

static void
push(LoaClockFilter *self, Point forward, Point backward)
{
	const double max_age_s = (double)LOA_CLOCK_FILTER_MAX_AGE_US * 1e-6;

	while (self->n > 0 && (self->n == LOA_CLOCK_FILTER_WINDOW ||
			       forward.x - ring_at(self, self->forward, 0).x > max_age_s)) {
		self->oldest = (self->oldest + 1) % LOA_CLOCK_FILTER_WINDOW;
		self->n--;
	}
	guint i = (self->oldest + self->n) % LOA_CLOCK_FILTER_WINDOW;

	self->forward[i] = forward;
	self->backward[i] = backward;
	self->n++;
	self->newest_x = forward.x;
}

/* How far the rate may be off, in parts of one: it was measured over @span seconds by envelopes
 * that are about as sharp as the margin, or not at all. */
static double
rate_doubt(const LoaClockFilter *self)
{
	double span = self->n == 0 ? 0 : self->newest_x - ring_at(self, self->forward, 0).x;

	if (span < MIN_SPAN_FOR_RATE_S)
		return UNKNOWN_RATE_PPM * 1e-6;
	return MIN(UNKNOWN_RATE_PPM, WANDER_PPM + DOUBT_MARGIN_S * 1e6 / span) * 1e-6;
}

/* No delay is negative: an exchange whose forward point lies under the line the backward points
 * allow (or the other way round) cannot come from the same, unstepped clock. */
static gboolean
contradicts(const LoaClockFilter *self, Point forward, Point backward)
{
	double since = forward.x - self->newest_x;
	double slack = DOUBT_MARGIN_S + since * (rate_doubt(self) + WANDER_PPM * 1e-6);
	double offset_low = -self->floor_backward + self->rate * forward.x - slack;
	double offset_high = self->floor_forward + self->rate * forward.x + slack;

	return forward.y < offset_low || -backward.y > offset_high;
}

LoaExchange
loa_clock_filter_add(LoaClockFilter *self, gint64 t1_ns, gint64 t2_ns, gint64 t3_ns, gint64 t4_ns)
{
	LoaExchange result = LOA_EXCHANGE_TAKEN;

	if (t4_ns < t1_ns || t3_ns < t2_ns || t4_ns - t1_ns > MAX_ROUND_TRIP_NS ||
	    t3_ns - t2_ns > t4_ns - t1_ns + 1000000)
		return LOA_EXCHANGE_ABSURD;
	if (self->n == 0 && self->origin_mono_ns == 0) {
		self->origin_mono_ns = t1_ns;
		self->origin_site_ns = t2_ns;
	}

	double x1 = (double)(t1_ns - self->origin_mono_ns) * 1e-9;
	double x4 = (double)(t4_ns - self->origin_mono_ns) * 1e-9;
	double y2 = (double)(t2_ns - self->origin_site_ns) * 1e-9;
	double y3 = (double)(t3_ns - self->origin_site_ns) * 1e-9;
	Point forward = { x1, y2 - x1 }, backward = { x4, x4 - y3 };

	if (self->n > 0 && x1 < self->newest_x)
		return LOA_EXCHANGE_ABSURD;
	if (self->n > 0 && contradicts(self, forward, backward)) {
		if (++self->n_doubted < DOUBTS_FOR_STEP)
			return LOA_EXCHANGE_DOUBTED;
		forget(self);
		self->epoch++;
		result = LOA_EXCHANGE_STEPPED;
	}
	self->n_doubted = 0;
	push(self, forward, backward);
	fit(self);
	return result;
}

gboolean
loa_clock_filter_line(const LoaClockFilter *self, gint64 mono_us, LoaClockMap *map,
		      gint64 *bound_us)
{
	if (self->n == 0)
		return FALSE;

	double x = (double)(mono_us - self->origin_mono_ns / 1000) * 1e-6;
	double offset = (self->floor_forward - self->floor_backward) / 2 + self->rate * x;
	double half_round_trip = (self->floor_forward + self->floor_backward) / 2;
	double since = MAX(0, x - self->newest_x);

	map->mono_us = mono_us;
	map->site_us = self->origin_site_ns / 1000 + llround((x + offset) * 1e6);
	map->rate = 1 + self->rate;
	map->epoch = self->epoch;
	*bound_us = llround((MAX(0, half_round_trip) + since * (rate_doubt(self))) * 1e6) + 1;
	return TRUE;
}
