namespace Phoenix.Transactions;

/// <summary>A function of a definition asks for a reply that another service gave and that did not fit the topic of answers.</summary>
internal sealed class ReplyLeftOutException(string step) : Exception(
    $"The step '{step}' was accepted, but its reply, which is needed, did not fit the topic that answers come on "
    + "({prefix}.steps.replies). Raise its max.message.bytes, and the other service's largest message, then resume.");
