using static Faultline.Verification.Reports.HtmlPage;

namespace Faultline.Verification.Reports;

/// <summary>Draws a timeline: operations as bars, below them a lane for each fault with a mark for each firing.</summary>
internal static class TimelineSvg
{
    private const double Width = 1_000;
    private const double BarsHeight = 120;
    private const double LaneHeight = 16;

    public static void Write(HtmlPage page, Timeline timeline)
    {
        double height = BarsHeight + 26 + (timeline.Lanes.Count * LaneHeight);
        page.Raw($"<svg viewBox=\"0 0 {Coordinate(Width)} {Coordinate(height)}\" role=\"img\" aria-label=\"operations and faults over time\" preserveAspectRatio=\"none\" style=\"height:{Coordinate(height)}px\">\n");
        WriteBars(page, timeline);
        page.Raw($"<line class=\"axis\" x1=\"0\" x2=\"{Coordinate(Width)}\" y1=\"{Coordinate(BarsHeight + 0.5)}\" y2=\"{Coordinate(BarsHeight + 0.5)}\"/>\n");
        for (int at = 0; at < timeline.Lanes.Count; at++) WriteLane(page, timeline, timeline.Lanes[at], BarsHeight + 14 + (at * LaneHeight));
        page.Raw("</svg>\n");
        WriteLegend(page, timeline);
    }

    private static void WriteBars(HtmlPage page, Timeline timeline)
    {
        long most = Math.Max(1, timeline.Slices.Max(slice => slice.All));
        double step = Width / timeline.Slices.Count;
        for (int at = 0; at < timeline.Slices.Count; at++)
        {
            Slice slice = timeline.Slices[at];
            if (slice.All == 0) continue;

            double y = BarsHeight;
            page.Raw("<g>").Element("title", $"{Texts.Plural(slice.All, "operation")}: {slice.Ok} ok, {slice.Failed} failed, {slice.Unknown} unknown");
            foreach ((long count, string bar) in new[] { (slice.Ok, "ok-bar"), (slice.Unknown, "unknown-bar"), (slice.Failed, "failed-bar") })
            {
                if (count == 0) continue;

                double tall = Math.Max(1.5, count * (BarsHeight - 8) / most);
                y -= tall;
                page.Raw($"<rect class=\"{bar}\" x=\"{Coordinate((at * step) + 1)}\" y=\"{Coordinate(y)}\" width=\"{Coordinate(step - 2)}\" height=\"{Coordinate(tall)}\"/>");
            }

            page.Raw("</g>\n");
        }
    }

    private static void WriteLane(HtmlPage page, Timeline timeline, Lane lane, double y)
    {
        double from = At(timeline, lane.From), until = Math.Max(from + 3, At(timeline, lane.Until));
        page.Raw("<g>").Element("title", $"{lane.Name}: {Texts.Clock(lane.From)} to {Texts.Clock(lane.Until)}, fired {lane.FiredAt.Count} times");
        page.Raw($"<rect class=\"lane\" x=\"{Coordinate(from)}\" y=\"{Coordinate(y)}\" width=\"{Coordinate(until - from)}\" height=\"{Coordinate(LaneHeight - 5)}\" rx=\"3\"/>");
        foreach (DateTime shot in lane.FiredAt) page.Raw($"<rect class=\"shot\" x=\"{Coordinate(At(timeline, shot) - 1.5)}\" y=\"{Coordinate(y)}\" width=\"3\" height=\"{Coordinate(LaneHeight - 5)}\"/>");
        page.Raw("</g>\n");
    }

    private static void WriteLegend(HtmlPage page, Timeline timeline)
    {
        page.Raw("<div class=\"legend\"><span><i style=\"background:var(--mark)\"></i>ok</span><span><i style=\"background:var(--warn)\"></i>unknown</span><span><i style=\"background:var(--bad)\"></i>failed, or a firing</span>");
        page.Element("span", $"{Texts.Clock(timeline.From)} to {Texts.Clock(timeline.Until)} UTC, {Texts.Duration((timeline.Until - timeline.From) / timeline.Slices.Count)} a bar").Raw("</div>\n");
        if (timeline.Lanes.Count == 0) return;

        page.Raw("<ol class=\"lanes\">");
        foreach (Lane lane in timeline.Lanes)
        {
            page.Raw("<li>").Text($"{lane.Name}: from {Texts.Duration(lane.From - timeline.From)} to {Texts.Duration(lane.Until - timeline.From)}").Raw("</li>");
        }

        if (timeline.LanesLeft > 0) page.Element("li", $"and {Texts.Plural(timeline.LanesLeft, "more fault")}, listed with the cells");
        page.Raw("</ol>\n");
    }

    private static double At(Timeline timeline, DateTime time) => Math.Clamp((time - timeline.From) / (timeline.Until - timeline.From), 0, 1) * Width;
}
