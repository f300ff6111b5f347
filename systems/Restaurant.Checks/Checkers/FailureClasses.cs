using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>What an Orders may still be missing. The exercises of the workshop go by these names.</summary>
internal static class FailureClasses
{
    public static readonly FailureClass Validation = new("validation", "what can never succeed must be refused with a 4xx at the first try; a 500 tells the client to try for ever");

    public static readonly FailureClass Idempotency = new("idempotency", "an order that is sent again with its key was taken for a new one, or answered as one; the first answer must be kept under the key, and hold also when both come at once");

    public static readonly FailureClass Transaction = new("transaction", "a part of an order was stored without the rest; order, items and key belong into one transaction");

    public static readonly FailureClass Answer = new("answer-in-time", "a client that kept trying got no answer in two minutes; a call that fails or hangs needs a limit and another try, and calls that need not wait for each other can go out together");

    public static readonly FailureClass Outbox = new("outbox", "there is an order that loyalty was not told about, or too late; what is to be told must be stored with the order, and told until loyalty has taken note");

    public static readonly FailureClass ToldTooEarly = new("told-too-early", "loyalty knows an order that does not exist; it may be told only what is committed");

    public static readonly FailureClass Acknowledged = new("acknowledged-too-early", "an order was acknowledged and is gone; the answer may leave only when the order is committed");

    public static readonly FailureClass Refused = new("refused-too-early", "an order was refused for good and stored all the same; what may have been done must be answered with a 503, not with a 4xx");

    public static readonly FailureClass Fallback = new("fallback", "a discount was made up while loyalty did not answer; without the true one there is no price, so the answer is a 503");

    public static readonly FailureClass Calculation = new("calculation", "an amount is not the sum of price and quantity, less the discount");
}
