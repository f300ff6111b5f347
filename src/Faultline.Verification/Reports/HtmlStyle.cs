namespace Faultline.Verification.Reports;

/// <summary>The look of the report: one style sheet, light and dark, from 360 px up, without a network.</summary>
internal static class HtmlStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --page: #f6f7f9; --card: #ffffff; --ink: #1c2430; --soft: #5b6675; --line: #e1e5eb; --code: #eef1f5;
          --good: #1d7a4d; --good-soft: #e3f4ea; --bad: #b3261e; --bad-soft: #fbe9e7; --warn: #8a5a00; --warn-soft: #fdf1d8; --mark: #2f6fce; --mark-soft: #dbe8fb; }
        @media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1a2029; --ink: #e6eaf0; --soft: #9aa6b5; --line: #2c3542; --code: #222a35;
          --good: #63cf98; --good-soft: #173527; --bad: #ff8a80; --bad-soft: #3d1f1d; --warn: #f0c060; --warn-soft: #3a2e14; --mark: #7fb0ff; --mark-soft: #1f304b; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 64px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 10px 0 6px; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 36px 0 12px; }
        h3 { font-size: 15px; margin: 0; overflow-wrap: anywhere; }
        p { margin: 6px 0; }
        a { color: var(--mark); }
        .soft { color: var(--soft); }
        .banner { background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--tone); border-radius: 10px; padding: 20px 24px; }
        .passed { --tone: var(--good); --wash: var(--good-soft); } .failed { --tone: var(--bad); --wash: var(--bad-soft); } .inconclusive { --tone: var(--warn); --wash: var(--warn-soft); }
        .badge { display: inline-block; padding: 2px 10px; border-radius: 999px; background: var(--wash); color: var(--tone); font-weight: 600; font-size: 13px; white-space: nowrap; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 10px; margin: 12px 0 0; }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; }
        .tile b { display: block; font-size: 21px; font-weight: 600; font-variant-numeric: tabular-nums; }
        .tile span { color: var(--soft); font-size: 13px; }
        .tile.bad b { color: var(--bad); }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; margin: 10px 0; }
        .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: 8px 14px; border-top: 1px solid var(--line); vertical-align: top; }
        thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: 13px; white-space: nowrap; }
        td.num, th.num { text-align: right; white-space: nowrap; }
        td.name { overflow-wrap: anywhere; min-width: 150px; }
        code, pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--code); border-radius: 6px; }
        code { padding: 1px 5px; overflow-wrap: anywhere; }
        pre { padding: 12px 14px; margin: 8px 0; overflow-x: auto; }
        details.card > summary { cursor: pointer; list-style: none; display: flex; gap: 10px; align-items: baseline; flex-wrap: wrap; }
        details.card > summary::-webkit-details-marker { display: none; }
        details.card > summary::before { content: "▸"; color: var(--soft); } details[open].card > summary::before { content: "▾"; }
        summary:focus-visible, a:focus-visible { outline: 2px solid var(--mark); outline-offset: 3px; border-radius: 4px; }
        .sentence { overflow-wrap: anywhere; flex: 1 1 260px; }
        ol.journey { list-style: none; margin: 14px 0 4px; padding: 0; }
        ol.journey li { position: relative; padding: 0 0 12px 22px; overflow-wrap: anywhere; }
        ol.journey li::before { content: ""; position: absolute; left: 4px; top: 8px; width: 9px; height: 9px; border-radius: 50%; background: var(--mark); }
        ol.journey li:not(:last-child)::after { content: ""; position: absolute; left: 8px; top: 19px; bottom: -6px; width: 1px; background: var(--line); }
        ol.journey li.fault { color: var(--bad); } ol.journey li.fault::before { background: var(--bad); border-radius: 1px; transform: rotate(45deg); }
        ol.journey li.never { color: var(--bad); font-weight: 600; } ol.journey li.never::before { background: var(--card); border: 2px solid var(--bad); }
        ol.journey time { font-variant-numeric: tabular-nums; color: var(--soft); font-size: 13px; margin-right: 8px; }
        ol.journey .where { color: var(--soft); font-size: 13px; }
        ul.notes { margin: 10px 0 0; padding: 0; list-style: none; } ul.notes li { padding: 3px 0 3px 14px; border-left: 3px solid var(--tone, var(--line)); margin: 6px 0; overflow-wrap: anywhere; }
        svg { display: block; width: 100%; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
        .ok-bar { fill: var(--mark); } .unknown-bar { fill: var(--warn); } .failed-bar { fill: var(--bad); }
        .lane { fill: var(--bad-soft); stroke: var(--bad); stroke-width: .6; } .shot { fill: var(--bad); } .axis { stroke: var(--line); }
        .legend { display: flex; gap: 18px; flex-wrap: wrap; font-size: 13px; color: var(--soft); margin: 8px 0 0; }
        .legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
        dl.facts { display: grid; grid-template-columns: minmax(90px, max-content) 1fr; gap: 4px 18px; margin: 10px 0 0; } dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
        .lanes { margin: 6px 0 0; padding: 0; list-style: none; font-size: 13px; color: var(--soft); } .lanes li { overflow-wrap: anywhere; }
        @media (max-width: 560px) { main { padding: 14px 12px 48px; } .banner { padding: 16px; } h1 { font-size: 21px; } th, td { padding: 7px 10px; } .card { padding: 12px 14px; } .tiles { grid-template-columns: repeat(2, 1fr); } }
        @media print { body { background: #fff; } .card, .scroll, .banner { break-inside: avoid; } }
        """;
}
