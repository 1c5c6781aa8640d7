using ELearning.Tests;

// The test runner never calls this: it is a host to be killed, started by CrashTests.
return args switch
{
    ["crash", var folder, var postgres, var minutes, var point] => await Crash.RunAsync(folder, postgres, int.Parse(minutes, null), point),
    _ => 64,
};
