using Faultline.Verification.Experiments;
using TicketFlow.Checks.Batteries;

namespace TicketFlow.Tests.Checks;

public sealed class GuardsBatteryTests
{
    private static IReadOnlyList<Experiment> Cells { get; } = GuardsBattery.Of(null!).Cells;

    [Fact]
    public void Only_the_fault_without_the_guard_is_expected_to_violate()
    {
        Cells.Where(cell => cell.ExpectViolation is not null).ShouldBe(Cells.Where(cell => cell.Name.EndsWith("-off-fault", StringComparison.Ordinal)));
    }

    [Fact]
    public void Each_cell_judges_what_its_guard_protects_but_the_order_that_nothing_keeps()
    {
        foreach (Experiment cell in Cells)
        {
            string violates = Cells.Single(other => other.Name == $"{GuardOf(cell)}-off-fault").ExpectViolation!;

            cell.Invariants.Any(rule => rule.Name == violates).ShouldBe(cell.Name != "ordering-off-quiet", cell.Name);
        }

        static string GuardOf(Experiment cell) => cell.Name[..cell.Name.LastIndexOf('-', cell.Name.LastIndexOf('-') - 1)];
    }
}
