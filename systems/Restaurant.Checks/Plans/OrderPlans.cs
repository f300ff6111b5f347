using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Restaurant.Checks.Plans;

/// <summary>Which order an operation places. Pure.</summary>
internal static class OrderPlans
{
    /// <summary>How many tests the table has.</summary>
    public const int TestsMax = 6;

    /// <summary>How many customers order at the same time in the rush.</summary>
    public const int RushCustomers = 8;

    private static readonly (string Customer, PlannedLine[] Items, decimal Discount, decimal Amount, decimal NextDiscount)[] Table =
    [
        ("c1", [new("burger", 2), new("fries", 1)], 0.00m, 25.00m, 0.01m),
        ("c1", [new("fries", 4)], 0.01m, 19.80m, 0.02m),
        ("c2", [new("coke", 2), new("fries", 1)], 0.00m, 10.00m, 0.01m),
        ("c2", [new("burger", 2), new("fries", 2)], 0.01m, 29.70m, 0.02m),
        ("c2", [new("fries", 2)], 0.02m, 9.80m, 0.03m),
        ("c3", [new("fries", 2)], 0.00m, 10.00m, 0.01m),
    ];

    /// <summary>The order of an operation; null when its workload places none.</summary>
    /// <param name="workload">The name of the workload.</param>
    /// <param name="operationId">The id of the operation, which ends with its number in its cell.</param>
    public static PlannedOrder? Of(string workload, string operationId)
    {
        int slash = operationId.LastIndexOf('/');
        int number = int.Parse(operationId.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        string run = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(operationId[..slash])).AsSpan(0, 5));
        return workload switch
        {
            Workload.Tests => OfTable(number, run),
            Workload.Rush => OfRush(number, run),
            _ => null,
        };
    }

    private static PlannedOrder OfTable(int number, string run)
    {
        (string customer, PlannedLine[] items, decimal discount, decimal amount, decimal next) = Table[(number - 1) % TestsMax];
        return new PlannedOrder { Number = number, Customer = $"{customer}-{run}", Items = items, Discount = discount, Amount = amount, NextDiscount = next };
    }

    /// <summary>No two orders of a customer have the same lines, so that each stored order tells which operation it goes back to.</summary>
    private static PlannedOrder OfRush(int number, string run)
    {
        int customer = ((number - 1) % RushCustomers) + 1;
        int place = ((number - 1) / RushCustomers) + 1;
        PlannedLine[] items = [new("fries", place), new(customer % 2 == 0 ? "burger" : "coke", customer)];
        return new PlannedOrder { Number = number, Customer = string.Create(CultureInfo.InvariantCulture, $"r{customer}-{run}"), Items = items };
    }
}
